export type Shapes = readonly (readonly [name: string, services: number, compose: string])[];

/** Compose files of the shapes that public projects have, with the services that they start. */
export const SHAPES: Shapes = [
  [
    'a blog and its database',
    2,
    `version: '3.9'
services:
  db: { image: 'mysql:8', restart: always, environment: { MYSQL_DATABASE: blog, MYSQL_ROOT_PASSWORD: '\${DB_PASSWORD:-secret}' }, volumes: ['db:/var/lib/mysql'] }
  blog: { image: 'wordpress:latest', ports: ['8080:80'], depends_on: [db], environment: [WORDPRESS_DB_HOST=db, WORDPRESS_DEBUG=1] }
volumes: { db: {} }
`,
  ],
  [
    'a workflow server with a shared service',
    4,
    `
x-common: &common
  image: \${SERVER_IMAGE:-example/flow:2.9}
  environment: &env
    FLOW__CORE__EXECUTOR: Celery
    FLOW__DATABASE__CONN: postgresql+psycopg2://flow@postgres/flow
    FLOW__CORE__LOAD_EXAMPLES: 'true'
    _PIP_ADDITIONAL: \${_PIP_ADDITIONAL:-}
  volumes: ['\${PROJ_DIR:-.}/dags:/opt/dags']
  user: "\${FLOW_UID:-50000}:0"
  depends_on: &needs { redis: { condition: service_healthy } }
services:
  redis: { image: redis, expose: [6379], healthcheck: { test: [CMD, redis-cli, ping], interval: 10s, timeout: 30s, retries: 50, start_period: 30s } }
  webserver: { <<: *common, command: webserver, ports: ['8081:8080'], healthcheck: { test: [CMD, curl, --fail, 'http://localhost:8080/health'] }, depends_on: { <<: *needs, init: { condition: service_completed_successfully } } }
  init: { <<: *common, entrypoint: /bin/bash, environment: { <<: *env, _DB_MIGRATE: 'true' } }
  scheduler: { <<: *common, command: scheduler }
  debug: { <<: *common, profiles: [debug], entrypoint: [/bin/bash] }
`,
  ],
  [
    'an error tracker with defaults of defaults',
    3,
    `
x-restart: &restart { restart: unless-stopped }
x-needs: &needs { redis: &started { condition: service_started }, kafka: *started }
x-app: &app { <<: *restart, image: 'example/errors:\${TAG:-\${DEFAULT_TAG:-nightly}}', depends_on: { <<: *needs }, ulimits: { nofile: { soft: 4096, hard: 4096 } } }
services:
  redis: { <<: *restart, image: redis, volumes: [{ type: volume, source: redis, target: /data }] }
  kafka: { <<: *restart, image: kafka, environment: { KAFKA_HEAP: '-Xmx\${HEAP:-256m}' } }
  web: { <<: *app, ports: ['\${BIND:-9000}:9000'] }
volumes: { redis: { external: true } }
`,
  ],
  [
    'a social network',
    4,
    `
services:
  db: { image: 'postgres:14-alpine', shm_size: 256mb, networks: [internal], healthcheck: { test: [CMD, pg_isready, -U, postgres] } }
  web: { build: ., env_file: [{ path: .env.production, required: false }], command: bundle exec puma -C config/puma.rb, ports: ['127.0.0.1:3000:3000'], depends_on: [db], healthcheck: { test: [CMD-SHELL, "wget -q --spider localhost:3000/health || exit 1"] } }
  streaming: { build: ., command: node ./streaming, ports: ['127.0.0.1:4000:4000'], depends_on: [db] }
  sidekiq: { build: { context: ., dockerfile: Dockerfile }, volumes: ['./public:/app/public'], depends_on: [db, web] }
networks: { internal: { internal: true } }
`,
  ],
  [
    'a forge with ssh',
    1,
    `services:
  server: { image: 'forge:1.22', container_name: forge, environment: [USER_UID=1000, USER_GID=1000], ports: ['3001:3000', '222:22'], volumes: ['./data:/data', '/etc/localtime:/etc/localtime:ro'] }
`,
  ],
  [
    'metrics, logs and dashboards',
    3,
    `services:
  prometheus: { image: prom, command: ['--config.file=/etc/p.yml', '--web.enable-lifecycle'], ports: [9090:9090], extra_hosts: ['host.docker.internal:host-gateway'] }
  loki: { image: loki, ports: ["3100:3100"] }
  grafana: { image: grafana, environment: { GF_PATHS: /etc/g, GF_AUTH_ANONYMOUS_ENABLED: true, GF_X: 10 }, entrypoint: [sh, -euc, "mkdir -p /etc/g && exec /run.sh"], depends_on: [loki, prometheus] }
`,
  ],
  [
    'a proxy with labels and a socket',
    2,
    `services:
  proxy: { image: 'proxy:v3', command: [--api.insecure=true], ports: ['80:80', '443:443/udp', '8080'], volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro'] }
  whoami: { image: whoami, labels: ["proxy.rule=Host(\`whoami.localhost\`)", "proxy.auth=admin:$$apr1$$x$$y"] }
`,
  ],
  [
    'photos with a model server',
    4,
    `name: photos
services:
  server: { image: 'photos:\${VERSION:-release}', volumes: ['\${UPLOAD:-./up}:/up'], env_file: [{ path: .env.photos, required: false }], ports: ['2283:2283'], depends_on: [redis, database], restart: always, healthcheck: { disable: false } }
  learning: { image: learning, volumes: ['cache:/cache'], deploy: { resources: { reservations: { devices: [{ driver: nvidia, count: 1, capabilities: [gpu] }] } } } }
  redis: { image: redis, healthcheck: { test: redis-cli ping || exit 1 } }
  database: { image: vectors, shm_size: 128mb, healthcheck: { test: 'pg_isready --dbname="$\${POSTGRES_DB}" || exit 1; exit 0', interval: 5m, start_interval: 30s, start_period: 5m } }
volumes: { cache: }
`,
  ],
  [
    'an identity provider with secrets that must be set',
    2,
    `services:
  postgresql: { image: postgres, environment: { POSTGRES_PASSWORD: "\${PG_PASS:?database password required}" }, healthcheck: { start_period: 20s, interval: 30s, retries: 5, timeout: 5s, test: ["CMD-SHELL", "pg_isready -d $\${POSTGRES_DB} -U $\${POSTGRES_USER}"] } }
  server: { image: 'id:\${ID_TAG:-2025}', command: server, ports: ["\${HTTP:-9002}:9000", "\${HTTPS:-9443}:9443"], depends_on: { postgresql: { condition: service_healthy } } }
`,
  ],
  [
    'a broker without a coordinator',
    1,
    `services:
  broker:
    image: broker
    hostname: broker
    ports: ['9092:9092', '9101:9101']
    environment:
      NODE_ID: 1
      LISTENERS: 'PLAINTEXT://broker:29092,CONTROLLER://broker:29093,HOST://0.0.0.0:9092'
      VOTERS: '1@broker:29093'
      REPLICATION: 1
`,
  ],
  [
    'a search cluster',
    3,
    `
x-node: &node { image: search, ulimits: { memlock: { soft: -1, hard: -1 } }, cap_drop: [ALL], mem_limit: 1g }
services:
  es01: { <<: *node, environment: [node.name=es01, "ES_JAVA_OPTS=-Xms512m -Xmx512m", xpack.security.enabled=false], ports: ['127.0.0.1:9200:9200'] }
  es02: { <<: *node, environment: [node.name=es02] }
  kibana: { image: kibana, depends_on: { es01: { condition: service_started }, es02: { condition: service_started, restart: true } } }
`,
  ],
  [
    'a backend of many parts',
    4,
    `services:
  studio: { image: studio, healthcheck: { test: [CMD, node, -e, "fetch('http://studio:3000/api').then((r) => {if (r.status !== 200) throw new Error(r.status)})"], timeout: 10s, interval: 5s, retries: 3 }, depends_on: { analytics: { condition: service_healthy } } }
  kong: { image: kong, ports: ["\${HTTP_PORT:-8000}:8000/tcp"], entrypoint: "bash -c 'eval \\"echo \\\\\\"$$(cat ~/temp.yml)\\\\\\"\\" > ~/kong.yml && /entrypoint.sh'" }
  analytics: { image: analytics, environment: { DB: 'postgresql://\${PG_USER:-a}:\${PG_PASS:-b}@db:5432/x' }, healthcheck: { test: [CMD, curl, localhost] }, depends_on: { db: { condition: service_healthy } } }
  db: { image: db, healthcheck: { test: pg_isready -U postgres -h localhost }, environment: { JWT_EXP: 3600 }, command: [postgres, -c, log_min_messages=fatal] }
`,
  ],
  [
    'a base that services extend',
    3,
    `services:
  base: { image: app, environment: { A: 1 }, logging: &logs { driver: json-file, options: { max-size: 10m } } }
  web: { extends: { service: base }, command: web, logging: *logs }
  worker: { extends: base, command: worker, deploy: { replicas: 2 } }
`,
  ],
  [
    'a tracing backend',
    2,
    `services:
  collector: { image: otel, command: ['--config=/etc/otel.yml'], configs: [{ source: otel, target: /etc/otel.yml }], ports: ['4317', '4318', '55679:55679'] }
  jaeger: { image: jaeger, ports: [{ target: 16686, published: 16686, protocol: tcp, mode: host }, { target: 14250 }] }
configs: { otel: { content: "a: \${A:-b}" } }
`,
  ],
  [
    'a store of secrets',
    1,
    `services:
  vault: { image: vault, cap_add: [IPC_LOCK], ports: ['8200:8200'], environment: { VAULT_LOCAL_CONFIG: '{"backend": {"file": {"path": "/f"}}, "ttl": "720h"}' }, tmpfs: [/tmp], read_only: true }
`,
  ],
];
