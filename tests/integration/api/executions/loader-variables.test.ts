import { withExecutionApi } from './with-execution-api';

const { testApi, execute, tokenWithGrants } = withExecutionApi();

const MAY_EXECUTE = { resource: 'actions', actions: ['execute'] };
const mayChange = (...refs: string[]) => ({ resource: 'actions', actions: ['update'], constraints: { refs } });

const LOADER_VARIABLES = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'PATH',
  'HOME',
  'IFS',
  'ENV',
  'PS4',
  'BASH_ENV',
  'BASH_FUNC_ls%%',
  'NODE_OPTIONS',
  'NODE_PATH',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'PERL5LIB',
  'PERL5OPT',
  'RUBYOPT',
  'RUBYLIB',
  'JAVA_TOOL_OPTIONS',
  'GIT_SSH_COMMAND',
];

test.each(LOADER_VARIABLES)('%s is rejected from who may only execute', async (name) => {
  const executor = await tokenWithGrants([MAY_EXECUTE]);

  const response = await execute({ action_ref: 'core.noop', env_vars: { A: '1', [name]: '/tmp/mine' } }, executor);

  expect([response.statusCode, response.json()]).toMatchObject([
    403,
    { code: 'FORBIDDEN', details: { reason: 'LOADER_VARIABLE', path: `env_vars/${name}` } },
  ]);
});

test('other variables need no right beside executing', async () => {
  const executor = await tokenWithGrants([MAY_EXECUTE]);
  const variables = { NODE_ENV: 'test', MY_PATH: '/a', PATHS: '/b', HTTP_PROXY: 'http://proxy', OLD_LD_PRELOAD: 'c' };

  expect((await execute({ action_ref: 'core.noop', env_vars: variables }, executor)).statusCode).toBe(201);
});

test('who may change the action may set its loader variables', async () => {
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
  const request = { action_ref: 'demo.flow', env_vars: { LD_PRELOAD: '/tmp/mine.so' } };
  const all = { resource: 'actions', actions: ['update'] };

  expect((await execute(request, await tokenWithGrants([MAY_EXECUTE, mayChange('demo.flow')]))).statusCode).toBe(403);
  expect((await execute(request, await tokenWithGrants([MAY_EXECUTE, all]))).statusCode).toBe(201);
});
