import { pino } from 'pino';
import type { Pool } from 'pg';
import type { JsonObject } from '../../../contract/json';
import type { Rule, UpdateRule } from '../../../contract/rules';
import { fireTimers } from '../../../platform/executor/events/fire-timers';
import { evaluatePendingRules } from '../../../platform/executor/events/evaluate-pending-rules';
import { openDatabase, openPool, type Database, type Transaction } from '../../../platform/store/database/connection';
import { createRule, findRule, removeRule, toRule, updateRule } from '../../../platform/store/events/rules';
import { findTrigger } from '../../../platform/store/events/triggers';
import { openVault } from '../../../platform/store/secrets/vault';
import { createPlatformDatabase } from '../database/platform-database';
import { withDatabase } from '../database/with-database';

const TENANT = 1;
const log = pino({ enabled: false });

/** A clock that only tests move; every role of the platform reads it. */
const TEST_CLOCK = `
  create table test_clock (at timestamptz not null);
  insert into test_clock values ('2026-11-20T12:00:00Z');
  create or replace function liveness_now() returns timestamptz language sql volatile security definer
    set search_path = public, pg_temp as $$ select at from test_clock $$;
  grant execute on function liveness_now() to tuningfork_app`;

/** Rules, timers and a clock that tests set, on a database of their own. */
export function withTimers() {
  const database = withDatabase(createPlatformDatabase);
  const db = (): Database => database().db;
  const owner = withOwner(database);
  const rules = ruleOperations(db);

  const setClock = (at: string): Promise<unknown> => owner().query('update test_clock set at = $1', [at]);
  const fire = (platform: Database = db()): Promise<void> => fireAll(platform);
  const events = (ref: string): Promise<JsonObject[]> => eventPayloads(owner(), ref);

  /** Sets the clock and fires the timers; returns the payloads of the rule's new events. */
  const firedAt = async (at: string, ref: string): Promise<JsonObject[]> => {
    const before = (await events(ref)).length;
    await setClock(at);
    await fire();
    return (await events(ref)).slice(before);
  };

  return {
    ...rules,
    db,
    owner,
    setClock,
    fire,
    events,
    firedAt,
    url: () => database().url,
    evaluateRules: (platform: Database = db()) => evaluatePendingRules(platform, log),
    anotherPlatform: (): Database => openDatabase(database().url, 2, openVault('a secret of the tests')),
  };
}

/** Prepares the database; returns its owner's connections. */
function withOwner(database: ReturnType<typeof withDatabase>): () => Pool {
  let owner: Pool | undefined;
  beforeAll(async () => {
    owner = openPool(database().url, 2);
    await owner.query(TEST_CLOCK);
    await owner.query(`insert into pack (tenant, ref) values (${TENANT}, 'demo')`);
  });
  afterAll(() => owner?.end());
  return () => {
    if (!owner) throw new Error('the test database is not ready');
    return owner;
  };
}

const ruleOperations = (db: () => Database) => ({
  rule: (trigger: string, params: JsonObject, more: { enabled?: boolean } = {}): Promise<Rule> =>
    db().inTenant(TENANT, (transaction) => createTimerRule(transaction, trigger, params, more)),
  change: (id: number, to: UpdateRule): Promise<Rule> =>
    db().inTenant(TENANT, async (transaction) => toRule(await updateRule(transaction, id, to, {}))),
  remove: (id: number): Promise<void> => db().inTenant(TENANT, (transaction) => removeRule(transaction, id)),
  read: (ref: string): Promise<Rule> =>
    db().inTenant(TENANT, async (transaction) => toRule((await findRule(transaction, ref))!)),
});

async function createTimerRule(
  transaction: Transaction,
  trigger: string,
  params: JsonObject,
  more: { enabled?: boolean },
): Promise<Rule> {
  const ref = `demo.rule-${Math.random().toString(36).slice(2)}`;
  const { id } = (await findTrigger(transaction, trigger))!;
  const pack = await transaction.selectFrom('pack').select('id').where('ref', '=', 'demo').executeTakeFirstOrThrow();
  const action = await transaction
    .selectFrom('action')
    .select('id')
    .where('ref', '=', 'core.noop')
    .executeTakeFirstOrThrow();
  const targets = { action: action.id, action_ref: 'core.noop', trigger: id, trigger_ref: trigger };
  const body = { ref, pack_ref: 'demo', label: ref, action_ref: 'core.noop', trigger_ref: trigger };
  const rule = { ...body, trigger_params: params, ...more };
  return toRule(await createRule(transaction, rule, { id: pack.id, ref: 'demo' }, targets, 1));
}

/** Runs the timer loop until no timer is due at this instant. */
async function fireAll(platform: Database): Promise<void> {
  for (let turns = 0; turns < 100; turns++) {
    if ((await fireTimers(platform, () => undefined, log)) > 0) return;
  }
  throw new Error('the timers do not stop firing');
}

async function eventPayloads(owner: Pool, ruleRef: string): Promise<JsonObject[]> {
  const { rows } = await owner.query<{ payload: JsonObject }>(
    'select payload from event where rule_ref = $1 order by id',
    [ruleRef],
  );
  return rows.map(({ payload }) => payload);
}
