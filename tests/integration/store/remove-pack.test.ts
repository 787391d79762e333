import { setTimeout as pause } from 'node:timers/promises';
import type { Transaction } from '../../../platform/store/database/connection';
import { clearRemovedActionIds } from '../../../platform/store/packs/actions';
import { removePack } from '../../../platform/store/packs/packs';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const TENANT = 1;
const database = withDatabase();
const owner = withOwner(database);

const insertRow = (text: string, ...values: unknown[]) => owner.insert(text, values);

/** A pack with an action, a trigger, a rule on both, and a running execution. */
async function createPackWithRule(ref: string) {
  const pack = await insertRow(`insert into pack (ref) values ($1)`, ref);
  const action = await insertRow(
    `insert into action (ref, pack, pack_ref) values ($1, $2, $3)`,
    `${ref}.act`,
    pack,
    ref,
  );
  const trigger = await insertRow(
    `insert into trigger (ref, pack, pack_ref) values ($1, $2, $3)`,
    `${ref}.hook`,
    pack,
    ref,
  );
  const rule = await insertRow(
    `insert into rule (ref, pack, pack_ref, trigger, trigger_ref, action, action_ref)
    values ($1, $2, $3, $4, $5, $6, $7)`,
    ...[`${ref}.rule`, pack, ref, trigger, `${ref}.hook`, action, `${ref}.act`],
  );
  const execution = await insertRow(
    `insert into execution (action, action_ref, status) values ($1, $2, 'running')`,
    action,
    `${ref}.act`,
  );
  return { ref, pack, action, trigger, rule, execution };
}

/** Resolves when the removal waits for a lock. */
async function waitForBlockedLock(removal: { error: unknown }): Promise<void> {
  for (;;) {
    if (removal.error !== undefined) throw new Error('the removal failed', { cause: removal.error });
    const rows = await owner.query(`select from pg_locks where not granted`);
    if (rows.length > 0) return;
    await pause(5);
  }
}

/**
 * Removes the pack while `work` runs: it calls `startRemoval` once it holds its first lock, and
 * goes on when the removal waits. Returns how often each transaction was started: more than once
 * when PostgreSQL ended it because of a deadlock. /
 */
async function removePackConcurrently(
  pack: number,
  work: (transaction: Transaction, startRemoval: () => Promise<void>) => Promise<unknown>,
) {
  const starts = { work: 0, removal: 0 };
  const { db } = database();
  let removal = Promise.resolve();
  await db.inTenant(TENANT, async (transaction) => {
    starts.work += 1;
    await work(transaction, async () => {
      if (starts.work > 1) return;
      removal = db.inTenant(TENANT, (other) => {
        starts.removal += 1;
        return removePack(other, pack);
      });
      const state: { error: unknown } = { error: undefined };
      removal.catch((error: unknown) => (state.error = error));
      await waitForBlockedLock(state);
    });
  });
  await removal;
  return starts;
}

test('a workflow that advances and the removal of its pack do not deadlock', async () => {
  const { ref, pack, action, execution } = await createPackWithRule('flows');

  const starts = await removePackConcurrently(pack, async (transaction, startRemoval) => {
    await transaction.selectFrom('execution').select('id').where('id', '=', execution).forUpdate().execute();
    await startRemoval();
    await transaction
      .insertInto('execution')
      .values({ action, action_ref: `${ref}.act`, parent: execution })
      .execute();
  });

  expect(starts).toEqual({ work: 1, removal: 1 });
  while (await clearRemovedActionIds(database().db, 100));
  const rows = await owner.query(`select action from execution where action_ref = $1`, [`${ref}.act`]);
  expect(rows).toEqual([{ action: null }, { action: null }]);
});

test('an event and the removal of the pack of its trigger do not deadlock', async () => {
  const { ref, pack, action, trigger, rule } = await createPackWithRule('events');

  const starts = await removePackConcurrently(pack, async (transaction, startRemoval) => {
    const event = { trigger, trigger_ref: `${ref}.hook` };
    const { id } = await transaction.insertInto('event').values(event).returning('id').executeTakeFirstOrThrow();
    await startRemoval();
    const enforcement = { rule, rule_ref: `${ref}.rule`, trigger_ref: `${ref}.hook`, event: id };
    await transaction.insertInto('enforcement').values(enforcement).execute();
    await transaction.insertInto('execution').values({ action, action_ref: ref }).execute();
  });

  expect(starts).toEqual({ work: 1, removal: 1 });
});
