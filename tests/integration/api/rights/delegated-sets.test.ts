// A child execution gets no permission set that its executor, the writer of the definition or the
// token above it does not hold.
import { tokenOfExecution } from '../test-tokens';
import { withAttempts, type Bearer, type User } from './with-attempts';

const { testApi, send, execute, createUser, advance, startAttempts } = withAttempts();
let editor: User;

const task = (name: string, permission_set_refs?: unknown, action = 'core.noop') => ({
  name,
  action,
  ...(permission_set_refs !== undefined && { permission_set_refs }),
});
const workflow = (ref: string, ...tasks: object[]) => ({
  ref,
  pack_ref: 'open',
  label: ref,
  version: '1.0.0',
  definition: { version: '1.0.0', parameters: { set: { type: 'string' } }, tasks },
});
const notYours = { code: 'FORBIDDEN', error: "Permission set 'core.admin' is not yours to give" };

beforeAll(async () => {
  editor = await createUser('editor@x.test', 'core.editor');
  await send('POST', '/workflows', workflow('open.powerful', task('one', ['core.admin'])));
  await send('POST', '/workflows', workflow('open.outer', task('inner', undefined, 'open.powerful')));
});

/** Dispatches a workflow and what it starts. Answers its tasks: their sets, or their error. */
async function tasksOf(execution: number): Promise<(string[] | string)[]> {
  await advance(execution);
  const { rows } = await testApi().owner.query<{ permission_set_refs: string[]; result: { code?: string } | null }>(
    'select permission_set_refs, result from execution where parent = $1 order by id',
    [execution],
  );
  return rows.map(({ permission_set_refs, result }) => result?.code ?? permission_set_refs);
}

/** The token of a process that runs for the administrator with these sets only. */
const executionToken = async (...sets: string[]) => ({
  token: await tokenOfExecution(await execute('core.noop'), sets),
});

test('no workflow with a set that its writer lacks is created', async () => {
  const refused = await send('POST', '/workflows', workflow('open.stolen', task('one', 'core.admin')), editor);

  expect(refused.json()).toMatchObject(notYours);
  expect((await send('GET', '/workflows/open.stolen')).statusCode).toBe(404);
});

test.each([{ label: 'mine' }, { definition: workflow('', task('one', ['core.admin'])).definition }])(
  'no workflow with a set that its editor lacks is changed: part %#',
  async (change) => {
    expect((await send('PUT', '/workflows/open.powerful', change, editor)).json()).toMatchObject(notYours);
  },
);

test('an action with a set that its editor does not hold is not changed', async () => {
  const body = { ref: 'open.act', pack_ref: 'open', label: 'a', entrypoint: 'true', runtime_ref: 'core.shell' };
  await send('POST', '/actions', { ...body, default_execution_permission_set_refs: ['core.admin'] });

  expect((await send('PUT', '/actions/open.act', { entrypoint: 'steal' }, editor)).json()).toMatchObject(notYours);
});

test('a computed set is bounded by what the writer of the workflow held', async () => {
  await send('POST', '/workflows', workflow('open.computed', task('one', '{{ parameters.set }}')), editor);
  const started = async (set: string) => tasksOf(await execute('open.computed', { parameters: { set } }));

  expect(await started('core.admin')).toEqual(['PERMISSION_SETS']);
  expect(await started('core.editor')).toEqual([['core.editor']]);
});

test('a token of an execution hands on no more than it carries', async () => {
  expect(await tasksOf(await execute('open.powerful'))).toEqual([['core.admin']]);
  expect(await tasksOf(await execute('open.powerful', {}, await executionToken('core.executor')))).toEqual([
    'PERMISSION_SETS',
  ]);
});

test('a limit holds below a workflow in a workflow', async () => {
  const outer = await execute('open.outer', {}, await executionToken('core.executor'));
  expect(await tasksOf(outer)).toEqual([[]]);

  const { rows } = await testApi().owner.query<{ id: number }>('select id from execution where parent = $1', [outer]);
  expect(await tasksOf(rows[0]!.id)).toEqual(['PERMISSION_SETS']);
});

test('the sets of a workflow limit those of its tasks', async () => {
  expect(await tasksOf(await execute('open.powerful', { permission_set_refs: ['core.viewer'] }))).toEqual([
    'PERMISSION_SETS',
  ]);
});

let rules = 0;
/** A rule, created by `by`. Answers its ref and how to fire it. */
async function createRule(action_ref = 'core.noop', by?: Bearer) {
  const ref = `open.rule-${++rules}`;
  await send('POST', '/triggers', { ref, pack_ref: 'open', label: ref });
  const hook = (await send('POST', `/triggers/${ref}/webhooks/enable`)).json<{ data: { webhook_key: string } }>();
  const made = await send('POST', '/rules', { ref, pack_ref: 'open', label: ref, action_ref, trigger_ref: ref }, by);
  expect(made.statusCode).toBe(201);
  const fire = async () => {
    const fired = await send('POST', `/webhooks/${hook.data.webhook_key}`, { payload: {} });
    expect([fired.statusCode, fired.json()]).toEqual([200, expect.anything()]);
    const { rows } = await testApi().owner.query<{ id: number }>('select id from execution where rule_ref = $1', [ref]);
    return tasksOf(rows[0]!.id);
  };
  return { ref, fire };
}

/** Starts all attempts. Of each, why its program does not run. */
async function startedProblems(): Promise<(string | null)[]> {
  return (await startAttempts()).map(({ problem }) => problem);
}

test('a rule that another changed runs with no more than that one holds', async () => {
  await startedProblems(); // those of other tests
  const own = await createRule('open.powerful');
  const changed = await createRule();
  expect((await send('PUT', `/rules/${changed.ref}`, { action_ref: 'open.powerful' }, editor)).statusCode).toBe(200);

  expect(await own.fire()).toEqual([['core.admin']]);
  expect(await startedProblems()).toEqual([null]);
  expect(await changed.fire()).toEqual(['PERMISSION_SETS']);
  expect(await startedProblems()).toEqual([]);
});

test('a rule made with the token of an execution has no more than it', async () => {
  const rule = await createRule('open.powerful', await executionToken('core.editor'));

  expect(await rule.fire()).toEqual(['PERMISSION_SETS']);
});

test('the condition of a rule with a foreign set is not changed', async () => {
  const { ref } = await createRule();
  await send('PUT', `/rules/${ref}`, { permission_set_refs: ['core.admin'] });

  expect((await send('PUT', `/rules/${ref}`, { conditions: {} }, editor)).json()).toMatchObject(notYours);
});

test('an attempt beyond the limit of its execution is not started', async () => {
  const id = await execute('core.noop', { permission_set_refs: ['core.admin'] });
  await testApi().owner.query(`update execution set permission_limit = '{core.viewer}' where id = $1`, [id]);

  const attempts = await startAttempts();

  expect(attempts.find(({ execution }) => execution === id)).toMatchObject({
    credential: null,
    problem: "FORBIDDEN: the token above it does not carry permission set 'core.admin'",
  });
});
