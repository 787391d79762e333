import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { openPool, type Transaction } from '../../../platform/store/database';
import { removePack } from '../../../platform/store/packs';
import { withDatabase } from '../with-database';

const TENANT = 1;
const database = withDatabase();
let owner: Pool;
beforeAll(() => {
  owner = openPool(database().url, 2);
});
afterAll(() => owner.end());

const one = async (text: string, ...values: unknown[]): Promise<number> =>
  (await owner.query<{ id: number }>(`${text} returning id`, values)).rows[0]!.id;

/** A pack with an action, a trigger and a rule on both, and an execution that runs. */
async function aPack(ref: string) {
  const pack = await one(`insert into pack (ref) values ($1)`, ref);
  const action = await one(`insert into action (ref, pack, pack_ref) values ($1, $2, $3)`, `${ref}.act`, pack, ref);
  const trigger = await one(`insert into trigger (ref, pack, pack_ref) values ($1, $2, $3)`, `${ref}.hook`, pack, ref);
  const rule = await one(
    `insert into rule (ref, pack, pack_ref, trigger, trigger_ref, action, action_ref)
    values ($1, $2, $3, $4, $5, $6, $7)`,
    ...[`${ref}.rule`, pack, ref, trigger, `${ref}.hook`, action, `${ref}.act`],
  );
  const execution = await one(
    `insert into execution (action, action_ref, status) values ($1, $2, 'running')`,
    action,
    ref,
  );
  return { ref, pack, action, trigger, rule, execution };
}

/** The removal has come to where it waits for somebody. */
async function somebodyToWait(removal: { failed: unknown }): Promise<void> {
  for (;;) {
    if (removal.failed !== undefined) throw new Error('the removal failed', { cause: removal.failed });
    const { rows } = await owner.query(`select from pg_locks where not granted`);
    if (rows.length > 0) return;
    await pause(5);
  }
}

/** How often each of the two was begun: more than once where PostgreSQL had to end one of them. */
async function beside(pack: number, work: (transaction: Transaction, waiting: Promise<void>) => Promise<unknown>) {
  const begun = { work: 0, removal: 0 };
  const { db } = database();
  let removal = Promise.resolve();
  await db.inTenant(TENANT, async (transaction) => {
    begun.work += 1;
    const start = async () => {
      removal = db.inTenant(TENANT, (other) => {
        begun.removal += 1;
        return removePack(other, pack);
      });
      const state: { failed: unknown } = { failed: undefined };
      removal.catch((error: unknown) => (state.failed = error));
      await somebodyToWait(state);
    };
    await work(transaction, begun.work === 1 ? Promise.resolve().then(start) : Promise.resolve());
  });
  await removal;
  return begun;
}

test('a workflow that goes on while its pack is removed is not in the way of the removal', async () => {
  const { ref, pack, action, execution } = await aPack('flows');

  const begun = await beside(pack, async (transaction, waiting) => {
    await transaction.selectFrom('execution').select('id').where('id', '=', execution).forUpdate().execute();
    await waiting;
    await transaction.insertInto('execution').values({ action, action_ref: ref, parent: execution }).execute();
  });

  expect(begun).toEqual({ work: 1, removal: 1 });
  const { rows } = await owner.query(`select action from execution where action_ref = $1`, [ref]);
  expect(rows).toEqual([{ action: null }, { action: null }]);
});

test('an event that comes while the pack of its trigger is removed is not in the way of the removal', async () => {
  const { ref, pack, action, trigger, rule } = await aPack('events');

  const begun = await beside(pack, async (transaction, waiting) => {
    const event = { trigger, trigger_ref: `${ref}.hook` };
    const { id } = await transaction.insertInto('event').values(event).returning('id').executeTakeFirstOrThrow();
    await waiting;
    const made = { rule, rule_ref: `${ref}.rule`, trigger_ref: `${ref}.hook`, event: id };
    await transaction.insertInto('enforcement').values(made).execute();
    await transaction.insertInto('execution').values({ action, action_ref: ref }).execute();
  });

  expect(begun).toEqual({ work: 1, removal: 1 });
});
