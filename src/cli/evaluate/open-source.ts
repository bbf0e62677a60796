import { LsmlError } from '../../errors.ts'
import { parseLabelingConfig } from '../../labeling/parse.ts'
import type { HostSettings } from '../../projects/settings.ts'
import { parseWhere } from '../annotate/where.ts'
import { findProject, needStudio, type StudioArgs, toProject } from '../connect/studio-flags.ts'
import type { Environment } from '../environment.ts'
import { readLabelConfig } from '../label-config.ts'
import { readTasks } from '../predict/read-tasks.ts'
import {
  openProjectRunner,
  openStudioRunner,
  type ProjectRunner,
  type ProjectRunnerOptions,
} from '../project-runner.ts'
import type { NamedTask } from './evaluate-tasks.ts'

export interface SourceOptions extends ProjectRunnerOptions {
  readonly args: StudioArgs & {
    readonly project?: string | undefined
    readonly tasks?: string | undefined
    readonly 'label-config'?: string | undefined
  }
  readonly env: Environment
  readonly where: readonly string[]
}

/** Answered tasks, and a backend that is set up for them. */
export interface Source extends ProjectRunner {
  readonly tasks: AsyncIterable<NamedTask> | Iterable<NamedTask>
  readonly media: HostSettings['media']
}

/**
 * Of a project of Label Studio, or of a file that was exported there.
 *
 * @throws LsmlError USAGE unless there is one of both, and what opening rejects with
 */
export async function openSource({ args, env, where, ...options }: SourceOptions): Promise<Source> {
  const { project: number, tasks: file } = args
  if ((number === undefined) === (file === undefined))
    throw new LsmlError('USAGE', 'Give `--project` or `--tasks`: where the answers are.')
  if (file !== undefined) {
    if (where.length > 0)
      throw new LsmlError('USAGE', '`--where` is for `--project`: Label Studio chooses the tasks.')
    const labelConfig = await readLabelConfig(options.backend.folder, args['label-config'])
    const tasks = await readTasks(file, parseLabelingConfig(labelConfig))
    const opened = await openProjectRunner(options, { id: undefined, labelConfig })
    return { ...opened, tasks, media: options.settings.media }
  }
  const studio = needStudio(args, env)
  const id = toProject(number ?? '')
  const filters = parseWhere(where.length === 0 ? ['labeled'] : where)
  const project = await findProject(studio.client, id)
  const opened = await openStudioRunner(options, studio, project)
  async function* tasks(): AsyncGenerator<NamedTask> {
    for await (const task of studio.client.fullTasks(id, { filters }))
      yield { name: `task-${task.id}`, load: async () => task }
  }
  const media = { ...options.settings.media, labelStudioUrl: studio.address, apiKey: studio.token }
  return { ...opened, tasks: tasks(), media }
}
