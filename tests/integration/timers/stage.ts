import { pino } from 'pino';
import type { Pool } from 'pg';
import type { JsonObject } from '../../../contract/json';
import type { Rule, UpdateRule } from '../../../contract/rules';
import { fireTimers } from '../../../platform/executor/fire-timers';
import { takeInFired } from '../../../platform/executor/take-in-fired';
import { ensureCorePack } from '../../../platform/packs/core';
import { projectRoot } from '../../../platform/root';
import { openDatabase, openPool, type Database } from '../../../platform/store/database';
import { ensureDefaultUser } from '../../../platform/store/identities';
import { createRule, findRule, removeRule, ruleOf, updateRule } from '../../../platform/store/rules';
import { findTrigger } from '../../../platform/store/triggers';
import { openVault } from '../../../platform/store/vault';
import { withDatabase } from '../with-database';

export const TENANT = 1;
export const log = pino({ enabled: false });

/** A clock that stands until it is moved; every role of the platform follows it. */
const HELD_CLOCK = `
  create table held_clock (at timestamptz not null);
  insert into held_clock values ('2026-11-20T12:00:00Z');
  create or replace function platform_now() returns timestamptz language sql volatile security definer
    set search_path = public, pg_temp as $$ select at from held_clock $$;
  grant execute on function platform_now() to tuningfork_app`;

/** What one occurrence said, and when. */
export interface Seen {
  readonly rule: string;
  readonly payload: JsonObject;
}

/** Rules, timers and a clock that is moved by hand, on a database of the test file's own. */
export function withTimers() {
  const database = withDatabase();
  let owner: Pool | undefined;
  const ownerPool = (): Pool => {
    if (!owner) throw new Error('the stage did not open');
    return owner;
  };
  const db = (): Database => database().db;
  beforeAll(async () => {
    owner = openPool(database().url, 2);
    await ensureCorePack(owner, projectRoot());
    await ensureDefaultUser(db());
    await owner.query(HELD_CLOCK);
    await owner.query(`insert into pack (tenant, ref) values (${TENANT}, 'demo')`);
  }, 30_000);
  afterAll(() => owner?.end());

  const setClock = (at: string): Promise<unknown> => ownerPool().query('update held_clock set at = $1', [at]);

  const rule = (trigger: string, params: JsonObject, more: { enabled?: boolean } = {}): Promise<Rule> =>
    db().inTenant(TENANT, async (transaction) => {
      const ref = `demo.rule-${Math.random().toString(36).slice(2)}`;
      const { id } = (await findTrigger(transaction, trigger))!;
      const pack = await transaction
        .selectFrom('pack')
        .select('id')
        .where('ref', '=', 'demo')
        .executeTakeFirstOrThrow();
      const action = await transaction
        .selectFrom('action')
        .select('id')
        .where('ref', '=', 'core.noop')
        .executeTakeFirstOrThrow();
      const ends = { action: action.id, action_ref: 'core.noop', trigger: id, trigger_ref: trigger };
      const body = { ref, pack_ref: 'demo', label: ref, action_ref: 'core.noop', trigger_ref: trigger };
      const wanted = { ...body, trigger_params: params, ...more };
      return ruleOf(await createRule(transaction, wanted, { id: pack.id, ref: 'demo' }, ends, 1));
    });

  const change = (id: number, to: UpdateRule): Promise<Rule> =>
    db().inTenant(TENANT, async (transaction) => ruleOf(await updateRule(transaction, id, to, {})));
  const remove = (id: number): Promise<void> => db().inTenant(TENANT, (transaction) => removeRule(transaction, id));
  const read = (ref: string): Promise<Rule> =>
    db().inTenant(TENANT, async (transaction) => ruleOf((await findRule(transaction, ref))!));

  /** One turn of the timers' loop, and another until there is nothing more to do at this instant. */
  const fire = async (through: Database = db()): Promise<void> => {
    for (let turns = 0; turns < 100; turns++) {
      if ((await fireTimers(through, () => undefined, log)) > 0) return;
    }
    throw new Error('the timers find no end');
  };
  const takeIn = (through: Database = db()) => takeInFired(through, log);

  const events = async (ref: string): Promise<JsonObject[]> => {
    const { rows } = await ownerPool().query<{ payload: JsonObject }>(
      'select payload from event where rule_ref = $1 order by id',
      [ref],
    );
    return rows.map(({ payload }) => payload);
  };

  /** Moves the clock and lets the timers look: what this rule's events say of it since. */
  const firedAt = async (at: string, ref: string): Promise<JsonObject[]> => {
    const before = (await events(ref)).length;
    await setClock(at);
    await fire();
    return (await events(ref)).slice(before);
  };

  const anotherPlatform = (): Database => openDatabase(database().url, 2, openVault('a secret of the tests'));
  const url = () => database().url;
  return {
    db,
    url,
    owner: ownerPool,
    setClock,
    rule,
    change,
    remove,
    read,
    fire,
    takeIn,
    events,
    firedAt,
    anotherPlatform,
  };
}
