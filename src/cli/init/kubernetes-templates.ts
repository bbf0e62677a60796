import { list, REDIS, START, TRAIN } from './deploy-commands.ts'

/** Manifests for Kubernetes, by their path in the new folder. */
export function kubernetesFiles(): readonly (readonly [path: string, content: string])[] {
  return [
    ['deploy/kubernetes/kustomization.yaml', kustomization()],
    ['deploy/kubernetes/redis.yaml', redis()],
    ['deploy/kubernetes/server.yaml', server()],
    ['deploy/kubernetes/trainer.yaml', trainer()],
    ['deploy/kubernetes/autoscaling.yaml', autoscaling()],
  ]
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
