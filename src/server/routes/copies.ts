import { Hono } from 'hono'
import { LsmlError } from '../../errors.ts'
import { deleteRequestSchema, duplicateRequestSchema } from '../../protocol/requests.ts'
import type { AppEnv, Parts } from '../parts.ts'
import { parseProjectId } from '../projects.ts'
import { validateJson } from '../validate.ts'

/** When somebody copies or removes a project. No Label Studio that was read asks for it; scripts may. */
export function copyRoutes({ store, files, versions, log }: Parts): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .post('/duplicate_model', validateJson(duplicateRequestSchema), async (c) => {
      const { project_src, project_dst } = c.req.valid('json')
      const from = parseProjectId(project_src)
      const to = parseProjectId(project_dst)
      if (from === to) throw invalid(`Project ${from} cannot be copied onto itself. Name another project.`)
      if ((await store.listVersions(to)).length > 0)
        throw invalid(
          `Project ${to} has versions of its own, which a copy would mix with others. Delete them first (\`/delete\`), or copy to a new project.`,
        )
      // The files first: a version is never without them.
      await files.copyProject(from, to)
      await store.copyProject(from, to)
      await versions.refresh(to)
      log.info(`Copied what project ${from} has learnt to project ${to}`, { request: c.get('requestId') })
      return c.json({ status: 'ok' })
    })
    .post('/delete', validateJson(deleteRequestSchema), async (c) => {
      const project = parseProjectId(c.req.valid('json').project)
      await files.deleteProject(project)
      await store.deleteProject(project)
      await versions.refresh(project)
      log.info(`Forgot project ${project} and all that it has learnt`, { request: c.get('requestId') })
      return c.json({ status: 'ok' })
    })
}

function invalid(message: string): LsmlError {
  return new LsmlError('INVALID_REQUEST', message)
}
