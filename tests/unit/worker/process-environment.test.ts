import { pino } from 'pino';
import { inheritableVariables, processEnvironment } from '../../../platform/worker/process/process-environment';
import { buildAttempt } from '../../integration/worker/attempt-runner';

const workerContext = {
  log: pino({ level: 'silent' }),
  directory: '/platform',
  instance: 'fork',
  worker: 'fork-w1',
  containment: null,
  apiUrl: 'http://127.0.0.1:8080',
  extensions: true,
  killGraceMs: 1,
  logLimitBytes: 1,
  actionVariables: [],
  presetVariables: {},
  npmRegistry: null,
  pythonIndex: null,
  containers: null,
  actionNetwork: 'full' as const,
  egress: { allow: [], nameServers: null },
  program: '/no/program',
  tokenSecret: null,
};
const environment = (
  overrides: Parameters<typeof buildAttempt>[0],
  workerEnv = {},
  runtime = {},
  file: string | null = null,
) =>
  processEnvironment(buildAttempt({ execution: 41, ...overrides }), workerContext, workerEnv, runtime, {
    parameterFile: file,
    token: null,
  });

test.each([
  'DATABASE_URL',
  'PGPASSWORD',
  'PGHOST',
  'PLATFORM_TOKEN_SECRET',
  'PLATFORM_ROLE_SETTINGS',
  'ATTUNE__SECURITY__JWT_SECRET',
  'NODE_OPTIONS',
  'NODE_PATH',
  'NODE_ENV',
  'JEST_WORKER_ID',
  'npm_config_registry',
  'npm_lifecycle_event',
  'NPM_TOKEN',
  'TEST_USER_PASSWORD',
  'INIT_CWD',
  'AWS_SECRET_ACCESS_KEY',
  'GITHUB_TOKEN',
  'SSH_AUTH_SOCK',
  'HTTPS_PROXY',
  'USER',
])('RT-05 the variable %s of the worker is not inherited', (name) => {
  expect(inheritableVariables({ [name]: 'x', HOME: '/home/me' }, [])).toEqual({ HOME: '/home/me' });
});

test('a program gets what every program needs, and the named variables', () => {
  const host = { PATH: '/bin', LANG: 'C', LC_ALL: 'C', LC_TIME: 'C', TZ: 'UTC', TMPDIR: '/tmp' };
  const operator = { ...host, HTTPS_PROXY: 'http://proxy', HTTP_PROXY: 'http://proxy' };

  expect(inheritableVariables(operator, ['HTTPS_PROXY'])).toEqual({ ...host, HTTPS_PROXY: 'http://proxy' });
});

test('a process gets its execution, directories and parameter delivery', () => {
  expect(environment({ rule: 'demo.rule', trigger: 'demo.trigger', attempt: 2 }, { PATH: '/bin' })).toEqual({
    PATH: '/bin',
    ATTUNE_EXEC_ID: '41',
    ATTUNE_ACTION: 'demo.act',
    ATTUNE_PACK_REF: 'demo',
    ATTUNE_API_URL: 'http://127.0.0.1:8080',
    ATTUNE_ARTIFACTS_DIR: '/platform/artifacts/1',
    ATTUNE_RUNTIME_ENVS_DIR: '/platform/environments/1',
    ATTUNE_PARAMETER_DELIVERY: 'stdin',
    ATTUNE_PARAMETER_FORMAT: 'json',
    ATTUNE_RULE: 'demo.rule',
    ATTUNE_TRIGGER: 'demo.trigger',
    PLATFORM_INSTANCE: 'fork',
    PLATFORM_ATTEMPT: '2',
    PLATFORM_WORKER: 'fork-w1',
  });
});

test('without extensions a process does not see its attempt', () => {
  const inputs = { parameterFile: null, token: null };
  const plain = processEnvironment(buildAttempt(), { ...workerContext, extensions: false }, {}, {}, inputs);

  expect(plain).toMatchObject({ ATTUNE_ACTION: 'demo.act', PLATFORM_INSTANCE: 'fork' });
  expect(plain).not.toHaveProperty('PLATFORM_ATTEMPT');
});

test('parameters never become variables', () => {
  expect(JSON.stringify(environment({ parameters: { token: 'hush', nested: { token: 'hush' } } }))).not.toContain(
    'hush',
  );
});

test('RT-07 platform variables override those of the request', () => {
  const envVars = { ATTUNE_EXEC_ID: '1', PLATFORM_WORKER: 'other', OWN: 'kept' };
  expect(environment({ envVars })).toMatchObject({ ATTUNE_EXEC_ID: '41', PLATFORM_WORKER: 'fork-w1', OWN: 'kept' });
});

test('RT-07 a request gives no variable of the platform that the attempt lacks', () => {
  const names = ['ATTUNE_API_TOKEN', 'ATTUNE_PARAMETER_FILE', 'ATTUNE_RULE', 'ATTUNE_TRIGGER', 'ATTUNE_CONTEXT_KEY'];
  const envVars = Object.fromEntries([...names, 'PLATFORM_MARK', 'ATTUNE_RULES'].map((name) => [name, 'forged']));
  expect(environment({ envVars })).toEqual({ ...environment({}), ATTUNE_RULES: 'forged' });
});

test('RT-07 a request gives none of the variables of an attempt that has all', () => {
  const credential = {
    identity: 5,
    permissionSetRefs: ['standard'],
    isAuthoredByExecutor: true,
    standardActionRefs: [],
    standardPackRefs: [],
  };
  const attempt = buildAttempt({ credential, rule: 'demo.rule', trigger: 'demo.trigger', context: { key: 'x' } });
  const given = processEnvironment(attempt, workerContext, {}, {}, { parameterFile: '/p', token: 't' });
  const plain = { ...workerContext, extensions: false };
  const envVars = Object.fromEntries(Object.keys(given).map((name) => [name, 'forged']));
  const forged = processEnvironment(buildAttempt({ envVars }), plain, {}, {}, { parameterFile: null, token: null });
  expect(Object.keys(given)).toHaveLength(16);
  expect(Object.entries(forged).filter(([, value]) => value === 'forged')).toEqual([]);
});

test('search paths of the runtime precede those of the request', () => {
  const env = environment(
    { envVars: { NODE_PATH: '/mine' } },
    {},
    { prepend: { NODE_PATH: '/env', PYTHONPATH: '/lib' } },
  );
  expect(env).toMatchObject({ NODE_PATH: '/env:/mine', PYTHONPATH: '/lib' });
});

test('an invalid variable name is dropped', () => {
  expect(environment({ envVars: { 'a=b': '1', '': '2' } })).not.toHaveProperty(['a=b']);
});

test('each entry of the parameter context becomes a variable', () => {
  const context = { key: 'x', 'some-key.2': { a: 1 }, none: null };
  expect(environment({ context })).toMatchObject({
    ATTUNE_CONTEXT_KEY: 'x',
    ATTUNE_CONTEXT_SOME_KEY_2: '{"a":1}',
    ATTUNE_CONTEXT_NONE: 'null',
  });
});

test('the path of the parameter file is a variable', () => {
  expect(environment({}, {}, {}, '/tmp/p.json').ATTUNE_PARAMETER_FILE).toBe('/tmp/p.json');
});
