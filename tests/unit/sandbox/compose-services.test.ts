import { environmentOf, readFiles, type Files } from './compose-repository';

const service = (files: Files, name = 'web') =>
  readFiles(files)
    .servicesWith({})
    .find((each) => each.name === name)!;
const names = (files: Files, host = {}) =>
  readFiles(files, host)
    .servicesWith({})
    .map(({ name }) => name);

test('merge keys give what an anchor names, and what is written wins', () => {
  const compose = `
x-env: &env { A: anchor, B: anchor }
x-more: &more { C: more, B: more }
x-app: &app
  x-process: run
  depends_on: &needs { db: { condition: service_started } }
services:
  web:
    <<: *app
    environment: { <<: [*env, *more], A: own }
  api: { <<: *app, depends_on: { <<: *needs, web: } }
  db: { x-process: run }
`;

  expect(environmentOf({ 'compose.yml': compose })).toEqual({ A: 'own', B: 'anchor', C: 'more' });
  expect(service({ 'compose.yml': compose }, 'api').needs.map((need) => need.service)).toEqual(['db', 'web']);
});

test('extends gives a service of the same file, or of another one, its keys', () => {
  const files = {
    'compose.yml': `services:
  base: { x-process: run base, environment: { A: base, B: base }, healthcheck: { test: ready, retries: 5 } }
  web: { extends: base, environment: [B=web] }
  api: { extends: { service: app, file: shared/app.yml }, x-process: run api }
`,
    'shared/app.yml':
      'services: { app: { extends: { service: root }, env_file: app.env }, root: { x-process: run app } }',
    'shared/app.env': 'A=shared\n',
  };

  expect(service(files)).toMatchObject({
    command: 'run base',
    environment: { A: 'base', B: 'web' },
    healthcheck: { command: 'ready', limitMs: 150_000 },
  });
  expect(service(files, 'api')).toMatchObject({ command: 'run api', environment: { A: 'shared' } });
});

test('include reads other files, each with the variables of its directory', () => {
  const files = {
    'compose.yml': `include: [db/db.yml, { path: [queue.yml, queue.more.yml], env_file: queue.env }]
services: { web: { x-process: run, depends_on: [db, queue] } }
`,
    'db/db.yml': 'services: { db: { x-process: "run", environment: { NAME: "${DB_NAME}" } } }',
    'db/.env': 'DB_NAME=orders\n',
    'queue.yml': 'services: { queue: { x-process: run, environment: { A: "${Q}", B: one } } }',
    'queue.more.yml': 'services: { queue: { environment: { B: two } } }',
    'queue.env': 'Q=7\n',
  };

  expect(names(files)).toEqual(['db', 'queue', 'web']);
  expect(service(files, 'db').environment).toEqual({ NAME: 'orders' });
  expect(service(files, 'queue').environment).toEqual({ A: '7', B: 'two' });
});

test('services of a profile start where it is active', () => {
  const compose = `services:
  web: { x-process: run, depends_on: { debug: { condition: service_healthy, required: false } } }
  debug: { x-process: run, profiles: [debug, tools] }
`;

  expect(names({ 'compose.yml': compose })).toEqual(['web']);
  expect(names({ 'compose.yml': compose }, { COMPOSE_PROFILES: 'other,tools' })).toEqual(['debug', 'web']);
  expect(names({ 'compose.yml': compose, '.env': 'COMPOSE_PROFILES=*\n' })).toEqual(['debug', 'web']);
});

test.each([
  ["'35432'", []],
  ["'3000/udp'", []],
  ["'8080:80'", [{ fixed: 8080, service: 'web' }]],
  ["'127.0.0.1::80'", []],
  ["'[::1]:8080:80'", [{ fixed: 8080, service: 'web' }]],
  ["'8000-8010:80'", []],
  ["'${WEB_PORT}:80'", [{ variable: 'WEB_PORT' }]],
  ["'$WEB_PORT:80'", [{ variable: 'WEB_PORT' }]],
  ["'127.0.0.1:${WEB_PORT:-${OTHER:-8080}}:80'", [{ variable: 'WEB_PORT' }]],
  ["'${BIND:-127.0.0.1}:8080:80'", [{ fixed: 8080, service: 'web' }]],
  ["'80${SUFFIX:-81}:80'", [{ fixed: 8081, service: 'web' }]],
  ['{ target: 80 }', []],
  ['{ target: 80, published: 8080, mode: host }', [{ fixed: 8080, service: 'web' }]],
  ["{ target: 80, published: '${WEB_PORT:?needed}' }", [{ variable: 'WEB_PORT' }]],
  ["'${PORT:-80}'", []],
])('the port %s takes %j of the host', (port, expected) => {
  const compose = `services: { web: { image: nginx, ports: [${port}] } }\n`;

  expect(readFiles({ 'compose.yml': compose }).ports).toEqual(expected);
});

test('a check has the limits of compose, also from variables', () => {
  const check = (keys: string) =>
    service({ 'compose.yml': `services: { web: { x-process: run, healthcheck: { test: a, ${keys} } } }` }).healthcheck;

  expect(check('')).toMatchObject({ timeoutMs: 30_000, retries: 3, limitMs: 90_000 });
  expect(check('interval: "${I:-1s}", timeout: 1m30s, retries: "${R:-4}", start_period: 500ms')).toMatchObject({
    timeoutMs: 90_000,
    retries: 4,
    limitMs: 4_500,
  });
  expect(check('retries: 0, interval: 0s, timeout: 0s, start_interval: 2s')).toMatchObject({
    timeoutMs: 30_000,
    retries: 3,
    limitMs: 90_000,
  });
  expect(check('disable: true')).toBeNull();
});

test.each([
  ['the list NONE', '[NONE]', null],
  ['a list of words', '[CMD, test, -e, a b]', "'test' '-e' 'a b'"],
  ['a command line', '["CMD-SHELL", "a && $$B"]', 'a && $B'],
])('a check may be %s', (_, text, command) => {
  const compose = `services: { web: { x-process: run, healthcheck: { test: ${text} } } }`;

  expect(service({ 'compose.yml': compose }).healthcheck?.command ?? null).toBe(command);
});

const PROCESS = 'services:\n  web:\n    x-process: run\n';

test.each([
  ['a service that is absent', '    depends_on: [db]\n', '4:18 web needs db, which is no service'],
  [
    'an unknown condition',
    '    depends_on: { db: { condition: ready } }\n',
    '4:36 /services/web/depends_on/db/condition got "ready", expected one of service_started',
  ],
  [
    'an environment that is a text',
    '    environment: A=1\n',
    '4:18 /services/web/environment got "A=1", expected a map of variables',
  ],
  ['a port that is a list', '    ports: [[80]]\n', '4:13 /services/web/ports/0 got ["80"], expected a port, such as'],
  [
    'a duration without a unit',
    '    healthcheck: { test: a, interval: 5 }\n',
    '4:39 /services/web/healthcheck/interval got "5", expected a duration, such as 30s',
  ],
  [
    'a key of a check that is none',
    '    healthcheck: { test: a, period: 5s }\n',
    '4:37 /services/web/healthcheck/period got "5s", expected no such key',
  ],
  [
    'extends of no service',
    '    extends: base\n',
    '4:14 /services/web/extends got "base", expected a service of compose.yml',
  ],
  ['extends of a file that is absent', '    extends: { service: a, file: b.yml }\n', '4:14 b.yml does not exist'],
  [
    'a file of another host',
    'include: [https://example.test/a.yml]\n',
    '4:11 /include/0 got "https://example.test/a.yml", expected a path below',
  ],
  ['a circle of files', 'include: [compose.yml]\n', 'compose.yml includes compose.yml'],
  ['a tag of another program', '    environment: !secret x\n', '4:18 Unresolved tag: !secret'],
  [
    'a key that is misspelt',
    '    enviroment: { A: 1 }\n',
    '4:17 /services/web/enviroment got {"A":"1"}, expected no such key in a service. Did you mean \'environment\'?',
  ],
  [
    'a key of a need that is misspelt',
    '    depends_on: { web: { conditon: x } }\n',
    '4:36 /services/web/depends_on/web/conditon got "x", expected no such key; it is one of condition, restart, required',
  ],
  ['a key that is given twice', '    x-process: b\n', '4:5 the key x-process is given twice'],
  ['a directory outside', '    working_dir: ../x\n', '4:18 working_dir ../x is outside of the copy'],
])('%s is refused where processes run', (_, more, message) => {
  expect(() => readFiles({ 'compose.yml': PROCESS + more })).toThrow(message);
});

test('a circle of needs is refused', () => {
  const compose = 'services: { a: { x-process: a, depends_on: [b] }, b: { x-process: b, depends_on: [a] } }';

  expect(() => readFiles({ 'compose.yml': compose })).toThrow('services form a circle: a needs b needs a');
});

test('what a process does not use is noted with its place', () => {
  const more = '    image: nginx\n    working_dir: /srv\n    secrets: [key]\n    deploy: { replicas: 2 }\n';

  expect(readFiles({ 'compose.yml': PROCESS + more }).notices).toEqual([
    'compose.yml:6:14 secrets is for a container, and not used by a process',
    'compose.yml:7:13 deploy is for a container, and not used by a process',
    'compose.yml:5:18 working_dir /srv is of a container: the process runs in the root of the copy',
  ]);
});

test('what only an engine needs is left to the engine', () => {
  const compose = `include: [oci://example.test/db]
services:
  web: { image: nginx, depends_on: [db], build: !reset null, ports: ['\${WEB_PORT}:80'] }
  job: { image: nginx, extends: { service: a, file: none.yml }, environment: { A: '\${NONE:?needed}' } }
`;

  expect(readFiles({ 'compose.yml': compose })).toMatchObject({
    without: ['web', 'job'],
    ports: [{ variable: 'WEB_PORT' }],
  });
});

const bomb = (join: (name: string) => string): string => {
  const layers = Array.from({ length: 9 }, (_, n) => `x-${n + 1}: &a${n + 1} ${join(`*a${n}`)}\n`).join('');
  return `x-0: &a0 {${Array.from({ length: 9 }, (_, n) => `k${n}: v`).join(', ')}}\n${layers}services: { web: { x-process: run } }\n`;
};

test.each([
  ['of aliases', bomb((name) => `[${Array(9).fill(name).join(', ')}]`)],
  ['of merge keys', bomb((name) => `{ <<: [${Array(9).fill(name).join(', ')}] }`)],
  ['that contains itself', 'x-a: &a { b: *a }\nservices: { web: { x-process: run } }\n'],
])('a bomb %s is refused', (_, compose) => {
  expect(() => readFiles({ 'compose.yml': compose })).toThrow(
    /COMPOSE_FILE_INVALID: compose\.yml:1:1 aliases repeat too much/,
  );
});

test('a large file with hundreds of aliases is read', () => {
  const shared = 'x-env: &env\n' + Array.from({ length: 60 }, (_, n) => `  V${n}: v\n`).join('');
  const services = Array.from(
    { length: 200 },
    (_, n) => `  s${n}: { x-process: run, environment: { <<: *env, N: ${n} }, labels: *env }\n`,
  );

  expect(names({ 'compose.yml': `${shared}services:\n${services.join('')}` })).toHaveLength(200);
});
