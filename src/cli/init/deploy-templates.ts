import { BUN, type FolderFacts, LABEL_STUDIO } from './templates.ts'

const REDIS = '7.4-alpine'
/** cuDNN 9 beside CUDA 13, against which the provider files of ONNX Runtime 1.30 are linked. */
const CUDA = '13.0.2-cudnn-runtime-ubuntu24.04'

/** How lsml is run in the folder of the container. */
const LSML = ['bun', 'node_modules/lsml/src/cli/main.ts']
const START = [...LSML, 'start', '.', '--host', '0.0.0.0', '--training-concurrency', '0']
const TRAIN = [...LSML, 'train', '.']

/** Files for several machines, by their path in the new folder. */
export function deployFiles(facts: FolderFacts): ReadonlyMap<string, string> {
  return new Map([
    ['deploy/README.md', readme(facts)],
    ['deploy/Dockerfile.cuda', dockerfileCuda(facts)],
    ['deploy/compose.yaml', compose()],
    ['deploy/kubernetes/kustomization.yaml', kustomization()],
    ['deploy/kubernetes/redis.yaml', redis()],
    ['deploy/kubernetes/server.yaml', server()],
    ['deploy/kubernetes/trainer.yaml', trainer()],
    ['deploy/kubernetes/autoscaling.yaml', autoscaling()],
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

  label-studio:
    image: heartexlabs/label-studio:${LABEL_STUDIO}
    environment:
      # Later versions refuse backends, and send no webhooks, at private addresses such as those of this file's network.
      ML_BLOCK_LOCAL_IP: 'false'
      SSRF_PROTECTION_ENABLED: 'false'
    ports:
      - 127.0.0.1:8080:8080
    volumes:
      - label-studio:/label-studio/data

volumes:
  cache:
  data:
  redis:
  label-studio:
`
}

function kustomization(): string {
  return `# kubectl apply -k deploy/kubernetes
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - redis.yaml
  - server.yaml
  - trainer.yaml
  # Needs KEDA and Prometheus.
  - autoscaling.yaml
images:
  - name: lsml-backend
    newName: lsml-backend
    newTag: latest
`
}

function redis(): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: lsml-redis
spec:
  clusterIP: None
  selector:
    app: lsml-redis
  ports:
    - port: 6379
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: lsml-redis
spec:
  serviceName: lsml-redis
  replicas: 1
  selector:
    matchLabels:
      app: lsml-redis
  template:
    metadata:
      labels:
        app: lsml-redis
    spec:
      securityContext:
        runAsUser: 999
        runAsGroup: 999
        fsGroup: 999
      containers:
        - name: redis
          image: redis:${REDIS}
          # Written to the disk before it is acknowledged.
          args: [--appendonly, 'yes', --appendfsync, always]
          ports:
            - containerPort: 6379
          readinessProbe:
            exec:
              command: [redis-cli, ping]
          resources:
            requests: { cpu: 100m, memory: 256Mi }
            limits: { memory: 1Gi }
          volumeMounts:
            - name: data
              mountPath: /data
  volumeClaimTemplates:
    - metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        resources:
          requests: { storage: 8Gi }
`
}

function server(): string {
  return `apiVersion: v1
kind: Service
metadata:
  name: lsml-server
  labels:
    app: lsml-server
spec:
  # Label Studio connects to http://lsml-server.<namespace>:9090
  selector:
    app: lsml-server
  ports:
    - name: http
      port: 9090
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: lsml-data
spec:
  accessModes: [ReadWriteMany]
  resources:
    requests: { storage: 20Gi }
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: lsml-server
spec:
  replicas: 2
  selector:
    matchLabels:
      app: lsml-server
  template:
    metadata:
      labels:
        app: lsml-server
      annotations:
        prometheus.io/scrape: 'true'
        prometheus.io/port: '9090'
    spec:
      # Predictions that run when it is ended may take as long.
      terminationGracePeriodSeconds: 100
${podSettings()}
      containers:
        - name: server
          command: ${list([...START, '--cache-dir', '/cache'])}
          ports:
            - name: http
              containerPort: 9090
          # Models load behind it: a server is there at once, and ready when it can predict.
          readinessProbe:
            httpGet: { path: /ready, port: http }
            periodSeconds: 5
          # /health wants the password, which a probe cannot give: that it is asked for is answer enough.
          livenessProbe:
            exec:
              command: [bun, -e, "process.exit((await fetch('http://127.0.0.1:9090/health')).status < 500 ? 0 : 1)"]
            periodSeconds: 20
            timeoutSeconds: 10
            failureThreshold: 6
${containerSettings()}
`
}

function trainer(): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: lsml-trainer
spec:
  replicas: 1
  selector:
    matchLabels:
      app: lsml-trainer
  template:
    metadata:
      labels:
        app: lsml-trainer
    spec:
      # A training that is ended goes back to the queue, for another trainer.
      terminationGracePeriodSeconds: 30
${podSettings()}
      containers:
        - name: trainer
          command: ${list([...TRAIN, '--cache-dir', '/cache'])}
${containerSettings()}
`
}

function podSettings(): string {
  return `      securityContext:
        runAsNonRoot: true
        runAsUser: 1000
        fsGroup: 1000
      volumes:
        - name: data
          persistentVolumeClaim:
            claimName: lsml-data
        - name: cache
          emptyDir: {}`
}

function containerSettings(): string {
  return `          image: lsml-backend
          env:
            - name: LSML_REDIS_URL
              value: redis://lsml-redis:6379
            - name: LSML_DATA_DIR
              value: /data
          envFrom:
            - secretRef:
                name: lsml
                optional: true
          resources:
            requests: { cpu: '1', memory: 1Gi }
            limits: { memory: 4Gi }
          volumeMounts:
            - name: data
              mountPath: /data
            - name: cache
              mountPath: /cache`
}

function autoscaling(): string {
  return `# Every server tells the trainings of all of them: the greatest number counts, and not the sum.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: lsml-trainer
spec:
  scaleTargetRef:
    name: lsml-trainer
  minReplicaCount: 0
  maxReplicaCount: 4
  cooldownPeriod: 300
  triggers:
    - type: prometheus
      metadata:
        serverAddress: http://prometheus-server.monitoring
        query: sum(max by (state) (lsml_training_jobs{state=~"queued|running"}))
        # Trainings for each trainer.
        threshold: '1'
---
# Predictions, on the other hand, wait at one server each.
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: lsml-server
spec:
  scaleTargetRef:
    name: lsml-server
  minReplicaCount: 2
  maxReplicaCount: 8
  triggers:
    - type: prometheus
      metadata:
        serverAddress: http://prometheus-server.monitoring
        query: sum(lsml_queue_length)
        # Predictions that run or wait, for each server.
        threshold: '4'
`
}

/** As JSON and YAML both have it. */
function list(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`
}
