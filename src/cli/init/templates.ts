/** What differs between new folders. */
export interface FolderFacts {
  /** Of the folder, as a package is called. */
  readonly name: string
  /** Its module, such as `backend.ts`. */
  readonly backend: string
  /** How the folder gets lsml: a version, or a `file:` in it. */
  readonly lsml: string
  /** Other packages and their versions. */
  readonly packages: Readonly<Record<string, string>>
}

export const BUN = '1.4.5'
/** The one that tests/e2e run against. */
const LABEL_STUDIO = '1.23.2'

/** Of a compose file, with a volume of its name. */
export const LABEL_STUDIO_SERVICE = `  label-studio:
    image: heartexlabs/label-studio:${LABEL_STUDIO}
    environment:
      # Later versions refuse backends, and send no webhooks, at private addresses such as those of this file's network.
      ML_BLOCK_LOCAL_IP: 'false'
      SSRF_PROTECTION_ENABLED: 'false'
    ports:
      - 127.0.0.1:8080:8080
    volumes:
      - label-studio:/label-studio/data`

export function packageJson({ name, lsml, packages }: FolderFacts): string {
  const content = {
    name,
    private: true,
    type: 'module',
    scripts: { start: 'lsml start .', test: 'bun test' },
    // Bun as a package: a machine may have only npm.
    dependencies: { bun: BUN, lsml, ...packages },
    allowScripts: { bun: true, 'onnxruntime-node': false },
  }
  return `${JSON.stringify(content, undefined, 2)}\n`
}

export function dockerfile({ name, lsml }: FolderFacts): string {
  const vendored = lsml.startsWith('file:')
  return `FROM oven/bun:${BUN}
# What is kept in Redis goes by the name of the folder.
WORKDIR /app/${name}

# Packages first: they are installed anew only when these files change.
COPY package.json ./
${vendored ? 'COPY vendor ./vendor\n' : ''}RUN bun install --production
COPY . .

# Volumes keep what is downloaded, and what was learnt.
RUN mkdir /cache /data && chown 1000:1000 /cache /data
VOLUME ["/cache", "/data"]
ENV LSML_DATA_DIR=/data
USER 1000:1000
EXPOSE 9090
HEALTHCHECK --start-period=30s CMD ["bun", "-e", "process.exit((await fetch('http://127.0.0.1:9090/ready')).ok ? 0 : 1)"]
CMD ["bun", "node_modules/lsml/src/cli/main.ts", "start", ".", "--host", "0.0.0.0", "--cache-dir", "/cache"]
`
}

export function compose(): string {
  return `# docker compose up --build, then open http://localhost:8080
services:
  backend:
    build: .
    environment:
      # Where uploaded files are fetched, and the token for it: in Label Studio, Account & Settings.
      LABEL_STUDIO_URL: http://label-studio:8080
      LABEL_STUDIO_API_KEY: \${LABEL_STUDIO_API_KEY:-}
      # Both or neither. Give the same to Label Studio when you connect.
      BASIC_AUTH_USER: \${BASIC_AUTH_USER:-}
      BASIC_AUTH_PASS: \${BASIC_AUTH_PASS:-}
    volumes:
      - cache:/cache
      - data:/data
    networks:
      default:
        # Label Studio takes no webhook at a name without a dot, and says nothing.
        aliases: [backend.internal]
    restart: unless-stopped

${LABEL_STUDIO_SERVICE}

volumes:
  cache:
  data:
  label-studio:
`
}

export const DOCKERIGNORE = `node_modules
.git
.env
out
Dockerfile
compose.yaml
`

export const GITIGNORE = `node_modules/
out/
.env
`

/** @param about what the README beside the backend says of it */
export function readme({ name, backend }: FolderFacts, about: string): string {
  return `# ${name}

A machine learning backend for [Label Studio](https://labelstud.io), made with lsml: the model is \`${backend}\`, its
test \`backend.test.ts\`, the labeling config that it is for \`labeling.xml\`.

## Start it

\`\`\`sh
bun install
bun test
bunx lsml start .
\`\`\`

With npm only: \`npm install\`, \`npm test\`, \`npx lsml start .\` (Bun is one of the packages). Then in Label Studio: Settings
→ Labeling Interface → Code, paste \`labeling.xml\`; Settings → Model → Connect Model, paste the printed URL.

Without Label Studio, \`bunx lsml predict . page.png --out out\` predicts and draws.

## Start it in Docker, with Label Studio beside it

\`\`\`sh
docker compose up --build
\`\`\`

Open http://localhost:8080, sign up, make a project, and connect the model at \`http://backend.internal:9090\`. To fetch uploaded
files the backend needs your token: write \`LABEL_STUDIO_API_KEY=…\` (Account & Settings) into a file \`.env\` here, and
start again.
${about === '' ? '' : `\n## About the backend\n\n${about}`}`
}

/**
 * A test for a backend that has none.
 *
 * @param data of a task; without it only the set-up is tested
 */
export function backendTest(module: string, data: Readonly<Record<string, unknown>> | undefined): string {
  const steps =
    data === undefined
      ? '  // `predict` it tasks of yours here: `await backend.predict([{ data: { … } }])`.\n  expect(await tested.predict([])).toEqual([])'
      : `  const predictions = await tested.predict([{ id: 1, data }])\n  expect(predictions).toEqual([expect.objectContaining({ result: expect.any(Array) })])`
  const constant = data === undefined ? '' : `const data = ${JSON.stringify(data, undefined, 2)}\n`
  return `import { expect, test } from 'bun:test'
import { readFile } from 'node:fs/promises'
import { testBackend } from 'lsml/testing'
import backend from './${module}'

const labelConfig = await readFile(new URL('labeling.xml', import.meta.url), 'utf8')
${constant}
test('takes the labeling config and predicts', async () => {
  await using tested = await testBackend(backend, { labelConfig })
${steps}
}, 60_000)
`
}
