import { list, LSML, REDIS, START, TRAIN } from './deploy-commands.ts'
import { kubernetesFiles } from './kubernetes-templates.ts'
import { BUN, type FolderFacts, LABEL_STUDIO_SERVICE } from './templates.ts'

/** cuDNN 9 beside CUDA 13, against which the provider files of ONNX Runtime 1.30 are linked. */
const CUDA = '13.0.2-cudnn-runtime-ubuntu24.04'

/** Files for several machines, by their path in the new folder. */
export function deployFiles(facts: FolderFacts): ReadonlyMap<string, string> {
  return new Map([
    ['deploy/README.md', readme(facts)],
    ['deploy/Dockerfile.cuda', dockerfileCuda(facts)],
    ['deploy/compose.yaml', compose()],
    ...kubernetesFiles(),
  ])
}

function readme({ name }: FolderFacts): string {
  return `# ${name} on several machines

Servers answer Label Studio, trainers learn; they find each other through Redis. A server takes the new version within two
seconds, whichever machine made it.

## Docker Compose, with Label Studio

\`\`\`sh
docker compose -f deploy/compose.yaml up --build --scale server=2 --scale trainer=2
\`\`\`

Open http://localhost:8080 and connect the model at \`http://backend.internal:9090\`.

## Kubernetes

\`\`\`sh
docker build -t registry.example.com/${name}:1 . && docker push registry.example.com/${name}:1
kubectl create secret generic lsml --from-literal=LABEL_STUDIO_API_KEY=… \\
  --from-literal=BASIC_AUTH_USER=… --from-literal=BASIC_AUTH_PASS=…
(cd deploy/kubernetes && kustomize edit set image lsml-backend=registry.example.com/${name}:1)
kubectl apply -k deploy/kubernetes
\`\`\`

- The volume of \`server.yaml\` must be one that many machines may mount (\`ReadWriteMany\`). Without such a class of storage,
  set \`LSML_FILES=s3://bucket/prefix\` with the keys of the bucket in the secret, and make the volume an \`emptyDir\`.
- \`autoscaling.yaml\` needs [KEDA](https://keda.sh) and a Prometheus that scrapes the servers; leave it out of
  \`kustomization.yaml\` where there are none. Trainers come with the first training that waits, and go after the last.
- Where the servers ask for a password, Prometheus must give it, too (\`basic_auth\`).
- Redis keeps what Label Studio was told is kept, so it writes to its disk before it answers (\`appendfsync always\`).

## On a GPU

\`\`\`sh
docker build -f deploy/Dockerfile.cuda -t ${name}:cuda .
docker run --gpus all -p 9090:9090 ${name}:cuda
\`\`\`

In Kubernetes, give the containers \`resources: { limits: { nvidia.com/gpu: 1 } }\`.
`
}

function dockerfileCuda({ name, lsml }: FolderFacts): string {
  const vendored = lsml.startsWith('file:')
  return `# docker build -f deploy/Dockerfile.cuda .
# Should \`lsml start\` miss libcudart.so.12, take an image of CUDA 12 below: what its files need goes with ONNX Runtime.
FROM oven/bun:${BUN} AS bun

FROM nvidia/cuda:${CUDA}
COPY --from=bun /usr/local/bin/bun /usr/local/bin/bun
# The certificates of the places that models and packages come from.
# hadolint ignore=DL3008
RUN apt-get update \\
  && apt-get install -y --no-install-recommends ca-certificates \\
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app/${name}

COPY package.json ./
${vendored ? 'COPY vendor ./vendor\n' : ''}# ONNX Runtime's files for CUDA are no part of its package: its own script fetches them.
RUN bun install --production \\
  && ONNXRUNTIME_NODE_INSTALL=1 bun node_modules/onnxruntime-node/script/install.js
COPY . .

RUN mkdir /cache /data && chown 1000:1000 /cache /data
VOLUME ["/cache", "/data"]
ENV LSML_DATA_DIR=/data
USER 1000:1000
EXPOSE 9090
HEALTHCHECK --start-period=30s CMD ["bun", "-e", "process.exit((await fetch('http://127.0.0.1:9090/ready')).ok ? 0 : 1)"]
CMD ${list([...LSML, 'start', '.', '--host', '0.0.0.0', '--cache-dir', '/cache', '--device', 'cuda'])}
`
}

function compose(): string {
  return `# docker compose -f deploy/compose.yaml up --build --scale server=2 --scale trainer=2
x-backend: &backend
  build: ..
  environment: &environment
    LSML_REDIS_URL: redis://redis:6379
    # Where uploaded files are fetched, and the token for it: in Label Studio, Account & Settings.
    LABEL_STUDIO_URL: http://label-studio:8080
    LABEL_STUDIO_API_KEY: \${LABEL_STUDIO_API_KEY:-}
    # Both or neither. Give the same to Label Studio when you connect.
    BASIC_AUTH_USER: \${BASIC_AUTH_USER:-}
    BASIC_AUTH_PASS: \${BASIC_AUTH_PASS:-}
    # What trainings leave, which all of them share. On several machines: LSML_FILES=s3://bucket/prefix instead.
    LSML_DATA_DIR: /data
  volumes:
    - data:/data
    - cache:/cache
  depends_on:
    redis:
      condition: service_healthy
  restart: unless-stopped

services:
  server:
    <<: *backend
    command: ${list([...START, '--cache-dir', '/cache'])}
    networks:
      default:
        # Label Studio takes no webhook at a name without a dot. All servers have this one: requests go to any of them.
        aliases: [backend.internal]

  trainer:
    <<: *backend
    command: ${list([...TRAIN, '--cache-dir', '/cache'])}
    healthcheck:
      disable: true

  redis:
    image: redis:${REDIS}
    # Written to the disk before it is acknowledged.
    command: [redis-server, --appendonly, 'yes', --appendfsync, always]
    healthcheck:
      test: [CMD, redis-cli, ping]
      interval: 5s
    volumes:
      - redis:/data
    restart: unless-stopped

${LABEL_STUDIO_SERVICE}

volumes:
  cache:
  data:
  redis:
  label-studio:
`
}
