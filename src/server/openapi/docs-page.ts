import { html, raw } from 'hono/html'
import type { z } from 'zod'
import { toJsonSchema } from './document.ts'
import { type Operation, OPERATIONS } from './operations.ts'
import { toSchemaText } from './schema-text.ts'

export interface DocsPageOptions {
  /** Of the backend. */
  readonly name: string
  readonly version: string
  /** Where a client finds it, without a slash at the end. */
  readonly url: string
  readonly hasPassword: boolean
}

/** All that can be asked of a backend, as one page without scripts or anything from elsewhere. */
export function renderDocsPage({ name, version, url, hasPassword }: DocsPageOptions) {
  const groups = [...new Set(OPERATIONS.map(({ group }) => group))]
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${name}: API</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${name} <small>${version}</small></h1>
          <p>
            A backend for Label Studio at <code>${url}</code>.
            ${hasPassword ? 'It asks for a user name and a password.' : 'It asks for no password.'} The same
            for programs: <a href="${url}/openapi.json">openapi.json</a>.
          </p>
        </header>
        ${groups.map(
          (title) =>
            html`<h2>${title}</h2>
              ${OPERATIONS.filter(({ group }) => group === title).map((each) => renderOperation(each, url))}`,
        )}
      </body>
    </html>`
}

function renderOperation(operation: Operation, url: string) {
  const { method, path, summary, description, parameters = [], body, example, answers } = operation
  const command = `curl ${url}${path} -d '${JSON.stringify(example)?.replaceAll("'", String.raw`'\''`)}'`
  return html`<details>
    <summary><b class="${method}">${method}</b> <code>${path}</code> ${summary}</summary>
    ${description === undefined ? '' : html`<p>${toProse(description)}</p>`}
    ${parameters.map((each) => html`<p><code>${each.name}</code> (${each.in}): ${toProse(each.description)}</p>`)}
    ${body === undefined ? '' : renderBlock('Body', toSchemaText(toJsonSchema(body, 'input')))}
    ${example === undefined ? '' : renderBlock('For example', command)}
    ${Object.entries(answers).map(([status, answer]) => renderBlock(`Answer ${status}`, textOf(answer)))}
  </details>`
}

function renderBlock(title: string, text: string) {
  return html`<h3>${title}</h3>
    <pre>${text}</pre>`
}

/** What stands in back-ticks is code. */
function toProse(text: string) {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))
}

function textOf(answer: z.ZodType | string): string {
  return typeof answer === 'string' ? answer : toSchemaText(toJsonSchema(answer, 'output'))
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem }
h1 small { font-weight: normal; opacity: .6 }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem }
h3 { margin: 1rem 0 .25rem; font-size: .85rem; opacity: .7 }
code, pre { font: .9em/1.5 ui-monospace, monospace }
pre { margin: 0; padding: .75rem 1rem; background: #8881; border-radius: .4rem; white-space: pre-wrap; overflow-wrap: anywhere }
details { border-top: 1px solid #8884; padding: .5rem 0 }
details[open] { padding-bottom: 1.25rem }
summary { cursor: pointer }
summary code { font-weight: 600; margin-right: .75rem }
summary b { display: inline-block; width: 3.2rem; font-size: .8rem }
.GET { color: #2a7de1 } .POST { color: #2e9e5b }
`
