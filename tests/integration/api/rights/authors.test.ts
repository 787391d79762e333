// What runs has authors: no attempt gets a permission set that one of them did not hold, and what
// belongs to its executor opens only where the executor has saved all of it.
import { signExecutionToken } from '../../../../platform/workers/access/execution-token';
import { SECRET } from '../with-api';
import { withAttempts, type Bearer, type User } from './with-attempts';

const world = withAttempts();
const { testApi, send, data, execute, startAttempts } = world;

let admin: User;
let editor: User;

const actionBody = (ref: string, more: object = {}) => ({
  ref,
  pack_ref: 'open',
  label: ref,
  entrypoint: 'true',
  runtime_ref: 'core.shell',
  ...more,
});

beforeAll(async () => {
  admin = world.admin();
  editor = await world.createUser('editor@x.test', 'core.editor');
});

/** Dispatches what was requested, and starts all attempts. Of each: its sets, or its problem. */
async function started(): Promise<(string[] | string | null)[]> {
  const attempts = await startAttempts();
  return attempts.map(({ credential, problem }) => problem ?? (credential && [...credential.permissionSetRefs]));
}

/** The token of the attempt of the one execution that was requested. */
async function startedToken(): Promise<string> {
  const [attempt, ...others] = await startAttempts();
  expect([attempt!.problem, others]).toEqual([null, []]);
  return (await signExecutionToken(SECRET, attempt!))!;
}

/** A workflow with one task. */
async function createFlow(task: object, by = admin): Promise<string> {
  const ref = `open.flow-${++refs}`;
  const definition = { version: '1.0.0', tasks: [{ name: 'one', ...task }] };
  await data('POST', '/workflows', { ref, pack_ref: 'open', label: ref, version: '1.0.0', definition }, by);
  return ref;
}

/** Such a workflow, whose action is to run. */
async function startTask(task: object, by = admin): Promise<void> {
  const ref = await createFlow(task, by);
  await world.advance(await execute(ref));
}

let refs = 0;
async function createAction(by: Bearer, more: object = {}): Promise<string> {
  const ref = `open.action-${++refs}`;
  await data('POST', '/actions', actionBody(ref, more), by);
  return ref;
}

const notHeld = (ref: string) => `FORBIDDEN: who saved action '${ref}' did not hold permission set 'core.admin'`;

test('AZ-08 a set of a workflow is not given to a text of another author', async () => {
  const ref = await createAction(admin);
  const task = { action: ref, permission_set_refs: ['core.admin'] };

  await startTask(task);
  expect(await started()).toEqual([['core.admin']]);
  await data('PUT', `/actions/${ref}`, { entrypoint: 'steal' }, editor);
  await startTask(task);
  expect(await started()).toEqual([notHeld(ref)]);
});

test('AZ-08 a text that is changed after the request gets no set', async () => {
  const ref = await createAction(admin);
  await execute(ref, { permission_set_refs: ['core.admin'] });
  await data('PUT', `/actions/${ref}`, { entrypoint: 'steal' }, editor);

  expect(await started()).toEqual([notHeld(ref)]);
});

test('an attempt gets no set that its executor has lost since the request', async () => {
  const user = await world.createUser('loser@x.test', 'core.executor');
  const assignment = await world.assign(user.id, 'core.viewer');
  const request = () => execute('core.noop', { permission_set_refs: ['core.viewer'] }, user);
  await request();
  const token = await startedToken();
  await request();

  await data('DELETE', `/permissions/assignments/${assignment}`);

  expect(await started()).toEqual(["FORBIDDEN: the executor may not delegate permission set 'core.viewer'"]);
  expect((await send('GET', '/keys', undefined, { token })).statusCode).toBe(200); // one that runs keeps it
});

test('a workflow of no known author grants no set, an action keeps its own', async () => {
  const forget = (table: 'action' | 'workflow_definition', ref: string) =>
    testApi().owner.query(`update ${table} set saved_by = null, saved_with_sets = default where ref = $1`, [ref]);
  const ref = await createAction(admin, { default_execution_permission_set_refs: ['core.viewer'] });
  const flow = await createFlow({ action: ref, permission_set_refs: ['core.admin'] });
  await forget('workflow_definition', flow);
  const { definition } = await data<{ definition: object }>('GET', `/workflows/${flow}`);

  await world.advance(await execute(flow));
  expect(await started()).toEqual([]);
  await data('PUT', `/workflows/${flow}`, { definition });
  await world.advance(await execute(flow));
  expect(await started()).toEqual([['core.admin']]);
  await execute(ref);
  const own = await startAttempts();
  await forget('action', ref);
  await execute(ref);
  const forgotten = await startAttempts();

  expect([own, forgotten]).toMatchObject([
    [{ credential: { permissionSetRefs: ['core.viewer'], isAuthoredByExecutor: true } }],
    [{ credential: { permissionSetRefs: ['core.viewer'], isAuthoredByExecutor: false } }],
  ]);
});

test('a description that the administrator changes makes it no author', async () => {
  const ref = await createAction(editor);
  await data('PUT', `/actions/${ref}`, { label: 'Mine', description: 'better' });
  await execute(ref, { permission_set_refs: ['core.admin'] });
  expect(await started()).toEqual([notHeld(ref)]);

  await data('PUT', `/actions/${ref}`, { entrypoint: 'checked' });
  await execute(ref, { permission_set_refs: ['core.admin'] });
  expect(await started()).toEqual([['core.admin']]);
});

test("a workflow gets through an action's own sets what its author held", async () => {
  const ref = await createAction(admin, { default_execution_permission_set_refs: ['core.admin'] });

  await startTask({ action: ref }, editor);
  expect(await started()).toEqual([]);
  await startTask({ action: ref });
  expect(await started()).toEqual([['core.admin']]);
});

/** Saves a revision of the workflow with one task, and compiles it. */
async function compileRevision(ref: string, task: object, by: User): Promise<void> {
  const definition = { version: '1.0.0', tasks: [{ name: 'one', ...task }] };
  const { revision } = await data<{ revision: number }>('POST', `/workflows/${ref}/revisions`, { definition }, by);
  await data('POST', `/workflows/${ref}/revisions/${revision}/compile`, undefined, by);
}

const runStrictly = async (ref: string) =>
  world.advance((await data<{ id: number }>('POST', `/workflows/${ref}/execute`, { inputs: { data: {} } })).id);

test('a compiled workflow goes on with the text that its author knew', async () => {
  const action = await createAction(admin);
  const ref = await createFlow({ action: 'core.noop' });
  const task = { action, permission_set_refs: ['core.admin'] };
  await compileRevision(ref, task, admin);
  await data('PUT', `/actions/${action}`, { entrypoint: 'steal' }, editor);

  await runStrictly(ref);
  const attempts = await startAttempts();
  expect(attempts.map(({ entrypoint, credential }) => [entrypoint, credential?.permissionSetRefs])).toEqual([
    ['true', ['core.admin']],
  ]);
  await compileRevision(ref, task, admin); // its author consents to the text
  await runStrictly(ref);
  expect(await started()).toEqual([notHeld(action)]);
});

test('AZ-08 the author of a revision compiled it, whatever is shown', async () => {
  const action = await createAction(admin, { default_execution_permission_set_refs: ['core.admin'] });
  const ref = await createFlow({ action: 'core.noop' });
  await compileRevision(ref, { action }, editor);
  // What the workflow shows was not compiled: the earlier revision runs strictly.
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
  await data('PUT', `/workflows/${ref}`, { definition });
  await testApi().owner.query(
    `update workflow_revision v set state = 'draft', plan = null, plan_digest = null, compiled_at = null
      from workflow_definition w where w.id = v.workflow and w.ref = $1 and v.revision = w.revision`,
    [ref],
  );

  await runStrictly(ref);
  expect(await started()).toEqual([]);
});

/** What an execution needs to get a token. */
const sets = { permission_set_refs: ['core.editor'] };

describe('what belongs to the executor', () => {
  const PRIVATE = 'private-of-admin';
  const canRead = async (token: string) => (await send('GET', `/packs/${PRIVATE}`, undefined, { token })).statusCode;

  beforeAll(async () => {
    await data('POST', '/packs', { ref: PRIVATE, label: 'p', version: '1.0.0' });
  });

  test('opens to a program of its own', async () => {
    await execute(await createAction(admin), sets);
    expect(await canRead(await startedToken())).toBe(200);
  });

  test('AZ-09 opens to no program of another one', async () => {
    await execute(await createAction(editor), sets);
    expect(await canRead(await startedToken())).toBe(404);
  });

  test('opens to no program that such a program has saved', async () => {
    await execute(await createAction(editor), sets);
    const token = await startedToken();
    const ref = await createAction({ token });
    await execute(ref, sets);
    expect(await canRead(await startedToken())).toBe(404);
  });

  test('opens to no task of a workflow of another one', async () => {
    const ref = await createAction(admin);
    await startTask({ action: ref, ...sets }, editor);
    expect(await canRead(await startedToken())).toBe(404);
    await startTask({ action: ref, ...sets });
    expect(await canRead(await startedToken())).toBe(200);
  });
});

describe('a program of another one', () => {
  test('creates what belongs to no one', async () => {
    await execute(await createAction(editor), sets);
    const program = { token: await startedToken() };

    const pack = { ref: 'of-a-program', label: 'p', version: '1.0.0' };
    expect(await data('POST', '/packs', pack, program)).not.toHaveProperty('installed_by');
    expect((await send('GET', `/packs/${pack.ref}`, undefined, program)).statusCode).toBe(200);
  });

  test('AZ-09 answers no inquiry that is assigned to its executor', async () => {
    const ask = { prompt: 'Approve?', assigned_to: admin.id };
    const inquiry = await data<{ id: number }>('POST', '/inquiries', {
      execution: await execute('core.noop'),
      ...ask,
    });
    await startAttempts();
    await execute(await createAction(editor), sets);
    const token = await startedToken();

    const response = await send('POST', `/inquiries/${inquiry.id}/respond`, { response: 'yes' }, { token });
    expect([response.statusCode, response.json()]).toMatchObject([403, { details: { reason: 'ASSIGNED' } }]);
  });
});

describe('who changes what a rule runs', () => {
  const createRule = async (action_ref: string) => {
    const ref = `open.rule-${++refs}`;
    await data('POST', '/triggers', { ref, pack_ref: 'open', label: ref });
    const key = await data<{ webhook_key: string }>('POST', `/triggers/${ref}/webhooks/enable`);
    await data('POST', '/rules', { ref, pack_ref: 'open', label: ref, action_ref, trigger_ref: ref });
    return { ref, fire: () => data('POST', `/webhooks/${key.webhook_key}`, { payload: {} }) };
  };
  const ownerOf = async (ref: string) =>
    (await testApi().owner.query<{ owner: number }>('select owner_identity as owner from rule where ref = $1', [ref]))
      .rows[0]!.owner;

  test.each([
    ['action', async () => ({ action_ref: await createAction(editor) })],
    ['parameters', () => ({ action_params: { to: 'me' } })],
    ['conditions', () => ({ conditions: {} })],
  ])('becomes its owner: %s', async (_, change) => {
    const { ref } = await createRule(await createAction(admin));

    await data('PUT', `/rules/${ref}`, await change(), editor);
    expect(await ownerOf(ref)).toBe(editor.id);
    await data('PUT', `/rules/${ref}`, { conditions: {} });
    expect(await ownerOf(ref)).toBe(editor.id); // the administrator may act as the editor
  });

  test('becomes the owner of a work queue as well', async () => {
    const ref = `open-queue-${++refs}`;
    const action = { dispatch_action_ref: await createAction(admin) };
    await data('POST', '/queues', { ref, label: ref, ...action });
    const owner = async () =>
      (await testApi().owner.query<{ id: number }>('select owner_identity as id from work_queue where ref = $1', [ref]))
        .rows[0]!.id;
    await data('PUT', `/queues/${ref}`, { label: 'Renamed' }, editor);
    expect(await owner()).toBe(admin.id);

    await data('PUT', `/queues/${ref}`, { action_params: { to: 'me' } }, editor);

    expect(await owner()).toBe(editor.id);
    await data('PUT', `/queues/${ref}`, { action_params: {} });
    expect(await owner()).toBe(editor.id); // the administrator may act as the editor
  });

  test('leaves it where it changes only its name', async () => {
    const { ref } = await createRule(await createAction(admin));

    await data('PUT', `/rules/${ref}`, { label: 'Renamed' }, editor);
    expect(await ownerOf(ref)).toBe(admin.id);
  });
});
