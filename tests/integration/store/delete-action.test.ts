import { sql } from 'kysely';
import { dispatchRequested } from '../../../platform/executor/dispatch/dispatch';
import { clearRemovedActionIds } from '../../../platform/store/packs/actions';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const TENANT = 1;
const database = withDatabase();
const owner = withOwner(database);
beforeAll(async () => {
  await owner.query(`insert into pack (id, ref) values (900, 'demo')`);
});

const insertId = (text: string, ...values: unknown[]) => owner.insert(text, values);
const insertAction = (ref: string) =>
  insertId(`insert into action (ref, pack, pack_ref) values ($1, 900, 'demo')`, ref);
const insertExecution = (action: number, ref: string, status = 'completed') =>
  insertId(`insert into execution (action, action_ref, status) values ($1, $2, $3)`, action, ref, status);
const actionsOf = async (ref: string) =>
  (
    await owner.query<{ action: number | null }>('select action from execution where action_ref = $1 order by id', [
      ref,
    ])
  ).map(({ action }) => action);

/** Deletes while another transaction has the executions locked: it fails if it waits for them. */
async function deleteBesideLocks(statement: string, id: number): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query('begin');
    await client.query('select from execution for update');
    await database().db.inTenant(TENANT, async (transaction) => {
      await sql`set local lock_timeout = '500ms'`.execute(transaction);
      await sql.raw(`${statement} ${id}`).execute(transaction);
    });
  } finally {
    await client.query('rollback');
    client.release();
  }
}

test('deleting an action waits for none of its executions', async () => {
  const action = await insertAction('demo.locked');
  await insertExecution(action, 'demo.locked');

  await deleteBesideLocks('delete from action where id =', action);

  expect(await owner.query('select from action where id = $1', [action])).toEqual([]);
});

test('deleting a workflow waits for none of its runs', async () => {
  const workflow = await insertId(
    `insert into workflow_definition (ref, pack, pack_ref, label, version, definition) values ('demo.flow', 900, 'demo', 'Flow', '1', '{}')`,
  );
  const execution = await insertId(`insert into execution (action_ref, status) values ('demo.flow', 'completed')`);
  await owner.query(
    `insert into workflow_execution (execution, workflow_def, task_graph, state) values ($1, $2, '{}', '{}')`,
    [execution, workflow],
  );

  await deleteBesideLocks('delete from workflow_definition where id =', workflow);

  expect(await owner.query('select from workflow_definition where id = $1', [workflow])).toEqual([]);
});

test('executions lose the id of a deleted action in portions', async () => {
  const ref = 'demo.portions';
  const action = await insertAction(ref);
  for (let count = 0; count < 5; count++) await insertExecution(action, ref);
  await owner.query('delete from action where id = $1', [action]);
  const second = await insertAction(ref);
  await insertExecution(second, ref);
  while ((await actionsOf('demo.locked')).some((id) => id !== null)) await clearRemovedActionIds(database().db, 100);

  expect(await clearRemovedActionIds(database().db, 3)).toBe(true);
  expect(await actionsOf(ref)).toEqual([null, null, null, action, action, second]);
  while (await clearRemovedActionIds(database().db, 3));
  expect(await actionsOf(ref)).toEqual([null, null, null, null, null, second]);
});

test('deleted actions without executions take one transaction', async () => {
  const ids = await Promise.all(['demo.one', 'demo.two', 'demo.three'].map(insertAction));
  await owner.query('delete from action where id = any($1::bigint[])', [ids]);

  expect(await clearRemovedActionIds(database().db, 100)).toBe(false);
  expect(await owner.query('select from removed_action')).toEqual([]);
});

test('a requested execution of a deleted action fails', async () => {
  const ref = 'demo.requested';
  const action = await insertAction(ref);
  const id = await insertExecution(action, ref, 'requested');
  await owner.query('delete from action where id = $1', [action]);

  await dispatchRequested(database().db, 60_000)({ tenant: TENANT });

  const rows = await owner.query('select status, result from execution where id = $1', [id]);
  expect(rows).toMatchObject([{ status: 'failed', result: { message: 'Its action no longer exists' } }]);
});
