import type { Shapes } from './compose-shapes';

/** More of them. */
export const MORE_SHAPES: Shapes = [
  [
    'an object store of four nodes',
    3,
    `
x-store: &store
  image: quay.io/store
  command: server --console-address ":9001" http://store{1...2}/data{1...2}
  expose: ["9000", "9001"]
  healthcheck: { test: ["CMD", "mc", "ready", "local"], interval: 5s, timeout: 5s, retries: 5 }
services:
  store1: { <<: *store, hostname: store1, volumes: ['data1-1:/data1'] }
  store2: { <<: *store, hostname: store2 }
  nginx: { image: nginx, depends_on: [store1, store2], ports: ["9003:9000"] }
volumes: { data1-1: }
`,
  ],
  [
    'a chat server',
    2,
    `services:
  postgres: { image: 'postgres:\${POSTGRES_TAG:-16}', security_opt: ['no-new-privileges:true'], pids_limit: 100, read_only: true, tmpfs: [/tmp], environment: [TZ, POSTGRES_USER, POSTGRES_PASSWORD] }
  chat: { image: chat, depends_on: [postgres], environment: [TZ, 'SETTINGS=postgres://\${POSTGRES_USER:-u}:\${POSTGRES_PASSWORD:-p}@postgres:5432/c?sslmode=disable'], init: true }
`,
  ],
  [
    'a wiki with a file of secrets',
    2,
    `services:
  wiki: { image: wiki, secrets: [db_password, { source: key, target: /k, mode: 0440 }], depends_on: { db: { condition: service_started, required: true } } }
  db: { image: postgres, secrets: [db_password] }
secrets: { db_password: { file: ./password.txt }, key: { environment: KEY } }
`,
  ],
  [
    'automation with workers',
    3,
    `
x-shared: &shared { restart: always, image: auto, environment: [DB_TYPE=postgresdb, QUEUE_HEALTH=true, ENCRYPTION_KEY], links: [postgres], volumes: ['storage:/home/node/.auto'] }
services:
  postgres: { image: postgres, healthcheck: { test: ['CMD-SHELL', 'pg_isready -h localhost -U $\${POSTGRES_USER} -d $\${POSTGRES_DB}'], interval: 5s, timeout: 5s, retries: 10 } }
  auto: { <<: *shared, ports: [5678:5678] }
  auto-worker: { <<: *shared, command: worker, depends_on: [auto] }
`,
  ],
  [
    'a site with live reload',
    2,
    `services:
  frontend: { build: { context: frontend, target: development }, develop: { watch: [{ action: sync, path: ./frontend/src, target: /app/src, ignore: [node_modules/] }] }, volumes: ['/app/node_modules'], stdin_open: true, tty: true, ports: ['3000:3000'] }
  backend: { build: backend, environment: [NODE_ENV=development], ports: ['80:80', '9229:9229', '9230:9230'], user: root, working_dir: /srv/app }
`,
  ],
  [
    'a map tile server with ranges',
    1,
    `services:
  tiles: { image: tiles, ports: ['7000-7005:7000-7005', '0.0.0.0:7010:7010/tcp', '[::]:7011:7011'], volumes: [{ type: bind, source: ./style, target: /style, read_only: true }], sysctls: { net.core.somaxconn: 1024 } }
`,
  ],
  [
    'a home server on the network of its host',
    1,
    `services:
  home: { container_name: home, image: "ghcr.io/example/home:stable", network_mode: host, privileged: true, devices: ['/dev/ttyUSB0:/dev/ttyUSB0'], stop_grace_period: 1m30s }
`,
  ],
  [
    'documents with two helpers',
    4,
    `services:
  broker: { image: redis, volumes: ['redisdata:/data'] }
  webserver: { image: docs, depends_on: [broker, gotenberg, tika], ports: ["8010:8000"], env_file: [{ path: docker-compose.env, required: false }], environment: { DOCS_REDIS: "redis://broker:6379", DOCS_TIKA: 1 } }
  gotenberg: { image: gotenberg, command: ["gotenberg", "--chromium-disable-javascript=true", "--chromium-allow-list=file:///tmp/.*"] }
  tika: { image: tika }
volumes: { redisdata: }
`,
  ],
  [
    'business reports',
    3,
    `
x-image: &image example/reports:\${TAG:-latest}
x-depends: &depends [db, redis]
x-volumes: &volumes
  - ./docker:/app/docker
  - home:/app/home
services:
  redis: { image: redis }
  db: { image: postgres }
  app: { image: *image, depends_on: *depends, volumes: *volumes, env_file: [{ path: docker/.env, required: true }, { path: docker/.env-local, required: false }] }
volumes: { home: { external: false } }
`,
  ],
  [
    'two jobs that prepare a database',
    3,
    `services:
  db: { image: postgres, healthcheck: { test: [CMD, pg_isready], interval: 1s, retries: 0 } }
  migrate: { image: app, command: ["sh", "-c", "until pg_isready; do sleep 1; done"], depends_on: { db: { condition: service_healthy } }, restart: "no" }
  app: { image: app, depends_on: { migrate: { condition: service_completed_successfully } }, scale: 1, ports: ["\${PORT-8080}:\${PORT-8080}"] }
`,
  ],
  [
    'a private registry and its UI',
    2,
    `version: "3"
services:
  registry: { image: 'registry:2', environment: { REGISTRY_HTTP_HEADERS_Access-Control-Allow-Origin: '[http://registry.example.com]', REGISTRY_STORAGE_DELETE_ENABLED: 'true' } }
  ui: { image: ui, ports: [8088:80], environment: [NGINX_PROXY_PASS_URL=http://registry:5000], depends_on: [registry] }
`,
  ],
  [
    'a mail server with many ports',
    1,
    `services:
  mail: { image: mail, hostname: mail.example.test, ports: ["25:25", "465:465", "993:993"], env_file: { path: mail.env, required: false }, stop_signal: SIGTERM, healthcheck: { test: "ss --listening --tcp | grep -P 'LISTEN.+:smtp' || exit 1", timeout: 3s, retries: 0 } }
`,
  ],
  [
    'browsers for tests',
    3,
    `
x-browser: &browser { shm_size: 2gb, depends_on: [hub], environment: [EVENT_BUS_HOST=hub, EVENT_BUS_PUBLISH_PORT=4442] }
services:
  hub: { image: hub, ports: ["4442:4442", "4443:4443", "4444:4444"] }
  chrome: { <<: *browser, image: chrome }
  firefox: { <<: *browser, image: firefox, platform: linux/amd64 }
`,
  ],
  [
    'a game server with numbers and truths',
    1,
    `services:
  game: { image: game, tty: true, stdin_open: true, ports: ["25565:25565"], environment: { EULA: "TRUE", MEMORY: 4G, MAX_PLAYERS: 20, ONLINE_MODE: off, SEED: -1785852800490497919 }, oom_kill_disable: false }
`,
  ],
  [
    'hooks, models and other newer keys',
    2,
    `services:
  app: { image: app, post_start: [{ command: ./prepare.sh, user: root }], models: [llm], annotations: { a: b }, gpus: all, label_file: ./labels, use_api_socket: true, pull_policy: daily }
  cache: { image: cache, attach: false, provider: { type: example }, blkio_config: { weight: 300 } }
models: { llm: { model: ai/small } }
`,
  ],
];
