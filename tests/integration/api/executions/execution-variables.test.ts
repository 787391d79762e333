import { withExecutionApi } from './with-execution-api';

const { testApi, execute, tokenWithGrants } = withExecutionApi();

const MAY_EXECUTE = { resource: 'actions', actions: ['execute'] };
const mayChange = (...refs: string[]) => ({ resource: 'actions', actions: ['update'], constraints: { refs } });

/** What shells, interpreters and tools take code, options or a place from, and a plain name. */
const UNDECLARED = [
  ...['LD_PRELOAD', 'PATH', 'IFS', 'BASH_ENV', 'BASH_FUNC_ls%%', 'NODE_OPTIONS', 'PYTHONPATH', 'GIT_SSH_COMMAND'],
  ...['TAR_OPTIONS', 'http_proxy', 'ALL_PROXY', 'SSL_CERT_FILE', 'CURL_HOME', 'WGETRC', 'MAKEFLAGS', 'RSYNC_RSH'],
  ...['PSQLRC', 'KUBECONFIG', 'DOCKER_HOST', 'AWS_ENDPOINT_URL', 'RUSTC_WRAPPER', 'CC', 'TMPDIR', 'HOSTALIASES'],
  ...['NODE_ENV', 'A', 'PARAM', 'PARAM_', 'param_a', 'PARAM_A-B'],
];

async function declare(ref: string, variables: object): Promise<void> {
  await testApi().owner.query('update action set env_schema = $2 where ref = $1', [ref, JSON.stringify(variables)]);
}

test.each(UNDECLARED)('RT-09 %s is rejected from who may only execute', async (name) => {
  const executor = await tokenWithGrants([MAY_EXECUTE]);

  const response = await execute({ action_ref: 'core.noop', env_vars: { PARAM_A: '1', [name]: '/tmp' } }, executor);

  expect([response.statusCode, response.json()]).toMatchObject([
    403,
    { code: 'FORBIDDEN', details: { reason: 'VARIABLE_UNDECLARED', path: `env_vars/${name}` } },
  ]);
});

test('who may only execute sets PARAM_ variables and those that are declared', async () => {
  const executor = await tokenWithGrants([MAY_EXECUTE]);
  const request = { action_ref: 'core.noop', env_vars: { PARAM_A: '1', TARGET: 'b' } };

  expect((await execute(request, executor)).statusCode).toBe(403);
  await declare('core.noop', { TARGET: {} });
  expect((await execute(request, executor)).statusCode).toBe(201);
  await declare('core.noop', {});
});

test('who may change the action sets any variable', async () => {
  const request = { action_ref: 'core.noop', env_vars: { PATH: '/opt/bin' } };
  const [ofAnother, ofIt] = [mayChange('core.echo'), mayChange('core.noop')];

  expect((await execute(request, await tokenWithGrants([MAY_EXECUTE, ofAnother]))).statusCode).toBe(403);
  expect((await execute(request, await tokenWithGrants([MAY_EXECUTE, ofIt]))).statusCode).toBe(201);
});

test('variables that tasks inherit need the right to change all actions', async () => {
  await testApi().owner.query(
    `with flow as (
      insert into workflow_definition (ref, pack, pack_ref, label, version, definition)
      select 'demo.flow', id, ref, 'flow', '1', '{}' from pack limit 1 returning id)
    insert into action (ref, workflow_def) select 'demo.flow', id from flow`,
  );
  const request = { action_ref: 'demo.flow', env_vars: { PGHOST: '127.0.0.1' } };
  const all = { resource: 'actions', actions: ['update'] };
  await declare('demo.flow', { PGHOST: {} });
  const [ofFlow, ofAll] = [
    [MAY_EXECUTE, mayChange('demo.flow')],
    [MAY_EXECUTE, all],
  ];

  expect((await execute(request, await tokenWithGrants(ofFlow))).statusCode).toBe(403);
  expect((await execute(request, await tokenWithGrants(ofAll))).statusCode).toBe(201);
  const param = { ...request, env_vars: { PARAM_HOST: 'a' } };
  expect((await execute(param, await tokenWithGrants(ofFlow))).statusCode).toBe(201);
});
