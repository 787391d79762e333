// A task runs an action that the workflow's saver, or its executor, may execute.
import type { JsonObject } from '../../../../contract/json';
import { advanceWorkflow } from '../../../../platform/executor/workflows/advance';
import { dispatchRequested } from '../../../../platform/executor/dispatch/dispatch';
import { createGrantHolder, grant } from '../grant-holder';
import { ADVANCE, STALE_MS } from '../../executor/with-executor';
import { withAdmin } from '../with-admin';

const { testApi, send } = withAdmin();
const TENANT = 1;
let author: string;

const holder = (...grants: JsonObject[]) => createGrantHolder(testApi().owner, grants);
const executorOf = (...refs: string[]) => holder(grant('actions', ['execute'], { refs }));

const workflow = (ref: string, action: string) => ({
  ref,
  pack_ref: 'shop',
  label: ref,
  version: '1.0.0',
  definition: { version: '1.0.0', tasks: [{ name: 'one', action }] },
});
const createAction = async (ref: string) => {
  const body = { ref, pack_ref: ref.split('.')[0], label: ref, entrypoint: 'true', runtime_ref: 'core.shell' };
  expect((await send('POST', '/actions', body)).statusCode).toBe(201);
};
const denial = (action: string) => ({
  error: `Insufficient permissions: actions:execute of '${action}', which task 'one' names`,
});

beforeAll(async () => {
  for (const ref of ['shop', 'vault']) await send('POST', '/packs', { ref, label: ref, version: '1.0.0' });
  for (const ref of ['shop.sell', 'vault.open']) await createAction(ref);
  const inShop = { pack_refs: ['shop'] };
  author = await holder(
    grant('packs', ['read'], inShop),
    grant('actions', ['create', 'update'], inShop),
    grant('actions', ['execute'], { refs: ['shop.sell'] }),
  );
});

/** Starts the workflow as the holder of the token. Answers the code of its only task, or null. */
async function run(action_ref: string, token: string): Promise<string | null> {
  const { db, owner } = testApi();
  const answer = await send('POST', '/executions/execute', { action_ref }, token);
  expect([answer.statusCode, answer.json()]).toEqual([201, expect.anything()]);
  const { id } = answer.json<{ data: { id: number } }>().data;
  await dispatchRequested(db, STALE_MS)({ tenant: TENANT });
  await advanceWorkflow(db, ADVANCE)({ tenant: TENANT, execution: id });
  const { rows } = await owner.query<{ result: { code?: string } | null }>(
    'select result from execution where parent = $1',
    [id],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!.result?.code ?? null;
}

test('a task names only what the saver of its workflow may execute', async () => {
  const refused = await send('POST', '/workflows', workflow('shop.steal', 'vault.open'), author);
  const saved = await send('POST', '/workflows', workflow('shop.fair', 'shop.sell'), author);
  const { definition } = workflow('', 'vault.open');
  const changed = await send('PUT', '/workflows/shop.fair', { definition }, author);

  expect([refused.statusCode, refused.json()]).toMatchObject([403, denial('vault.open')]);
  expect((await send('GET', '/workflows/shop.steal')).statusCode).toBe(404);
  expect([saved.statusCode, changed.statusCode]).toEqual([201, 403]);
  expect((await send('GET', '/workflows/shop.fair')).json()).toMatchObject({
    data: { definition: workflow('', 'shop.sell').definition },
  });
});

test('a workflow of another is not changed in any part', async () => {
  await send('POST', '/workflows', workflow('shop.trusted', 'vault.open'));

  const changed = await send('PUT', '/workflows/shop.trusted', { param_schema: {} }, author);

  expect([changed.statusCode, changed.json()]).toMatchObject([403, denial('vault.open')]);
});

test('a revision with a foreign action is not compiled', async () => {
  const { definition } = workflow('', 'vault.open');
  await send('POST', '/workflows', workflow('shop.drafted', 'shop.sell'));
  const draft = await send('POST', '/workflows/shop.drafted/revisions', { definition }, author);

  const refused = await send('POST', '/workflows/shop.drafted/revisions/2/compile', undefined, author);

  expect(draft.statusCode).toBe(201);
  expect([refused.statusCode, refused.json()]).toMatchObject([403, denial('vault.open')]);
  expect((await send('GET', '/workflows/shop.drafted')).json()).toMatchObject({ data: { revision: 1 } });
});

test('a compiled revision lends the rights of the caller that compiled it', async () => {
  const { definition } = workflow('', 'vault.open');
  await send('POST', '/workflows', workflow('shop.compiled', 'shop.sell'), author);
  await send('POST', '/workflows/shop.compiled/revisions', { definition }, author);
  expect((await send('POST', '/workflows/shop.compiled/revisions/2/compile')).statusCode).toBe(200);

  expect(await run('shop.compiled', await executorOf('shop.compiled'))).toBeNull();
});

test('a file with a foreign action is not written', async () => {
  const { definition } = workflow('', 'vault.open');
  const body = { name: 'filed', pack_ref: 'shop', label: 'filed', version: '1.0.0', definition };

  const refused = await send('POST', '/packs/shop/workflow-files', body, author);

  expect([refused.statusCode, refused.json()]).toMatchObject([403, denial('vault.open')]);
});

test('an action that appears later is judged when its task starts', async () => {
  const saved = await send('POST', '/workflows', workflow('shop.early', 'vault.later'), author);
  expect(saved.statusCode).toBe(201);
  await createAction('vault.later');

  expect(await run('shop.early', await executorOf('shop.early'))).toBe('ACTION_NOT_ALLOWED');
  expect(await run('shop.early', await executorOf('shop.early', 'vault.later'))).toBeNull();
});

test('a workflow lends the rights of its saver', async () => {
  await send('POST', '/workflows', workflow('shop.lent', 'vault.open'));

  expect(await run('shop.lent', await executorOf('shop.lent'))).toBeNull();
});

test('who registers a pack may use its actions without executing them', async () => {
  const inShop = { pack_refs: ['shop'] };
  const packer = await holder(grant('packs', ['read', 'install'], inShop), grant('actions', ['create'], inShop));

  const own = await send('POST', '/workflows', workflow('shop.packed', 'shop.sell'), packer);
  const foreign = await send('POST', '/workflows', workflow('shop.greedy', 'vault.open'), packer);

  expect([own.statusCode, foreign.statusCode]).toEqual([201, 403]);
  expect(await run('shop.packed', await executorOf('shop.packed'))).toBeNull();
});

test('a sync takes the right to change the pack', async () => {
  const reader = await holder(grant('packs', ['read'], { pack_refs: ['shop'] }));
  const sync = async (token: string) => (await send('POST', '/packs/shop/workflows/sync', {}, token)).statusCode;

  expect(await sync(reader)).toBe(403);
  expect(await sync(await holder(grant('packs', ['read', 'configure'], { pack_refs: ['shop'] })))).toBe(200);
  expect(await sync(author)).toBe(403);
});
