import { inheritable, processEnvironment } from '../../../platform/worker/environment';
import { anAttempt } from '../../integration/worker/attempts';

const surroundings = {
  directory: '/platform',
  instance: 'fork',
  worker: 'fork-w1',
  containment: null,
  apiUrl: 'http://127.0.0.1:8080',
  killGraceMs: 1,
  logLimitBytes: 1,
  npmRegistry: null,
  pythonIndex: null,
  egress: { allow: [], nameServers: null },
  program: '/no/program',
  tokenSecret: null,
};
const environment = (more: Parameters<typeof anAttempt>[0], own = {}, runtime = {}, file: string | null = null) =>
  processEnvironment(anAttempt({ execution: 41, ...more }), surroundings, own, runtime, {
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
])('%s of the worker reaches no process', (name) => {
  expect(inheritable({ [name]: 'x', HOME: '/home/me' })).toEqual({ HOME: '/home/me' });
});

test('a process sees what it is, where it is and how its parameters come', () => {
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
    PLATFORM_MARK: 'fork:41:2',
    PLATFORM_WORKER: 'fork-w1',
  });
});

test('parameters never become variables', () => {
  expect(JSON.stringify(environment({ parameters: { token: 'hush', nested: { token: 'hush' } } }))).not.toContain(
    'hush',
  );
});

test('the names of the platform win over those of the request', () => {
  const envVars = { ATTUNE_EXEC_ID: '1', PLATFORM_MARK: 'other:1:1', OWN: 'kept' };
  expect(environment({ envVars })).toMatchObject({ ATTUNE_EXEC_ID: '41', PLATFORM_MARK: 'fork:41:1', OWN: 'kept' });
});

test('loader variables of the request reach the process, behind those of the runtime', () => {
  const env = environment(
    { envVars: { NODE_PATH: '/mine' } },
    {},
    { prepend: { NODE_PATH: '/env', PYTHONPATH: '/lib' } },
  );
  expect(env).toMatchObject({ NODE_PATH: '/env:/mine', PYTHONPATH: '/lib' });
});

test('a name that no environment can hold is left out', () => {
  expect(environment({ envVars: { 'a=b': '1', '': '2' } })).not.toHaveProperty(['a=b']);
});

test('one variable for each entry of a parameter named context', () => {
  const context = { key: 'x', 'some-key.2': { a: 1 }, none: null };
  expect(environment({ context })).toMatchObject({
    ATTUNE_CONTEXT_KEY: 'x',
    ATTUNE_CONTEXT_SOME_KEY_2: '{"a":1}',
    ATTUNE_CONTEXT_NONE: 'null',
  });
});

test('the parameter file is named', () => {
  expect(environment({}, {}, {}, '/tmp/p.json').ATTUNE_PARAMETER_FILE).toBe('/tmp/p.json');
});
