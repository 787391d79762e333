// Each rule of an event is decided on its own; one whose evaluation fails is tried again later.
import { pino } from 'pino';
import { errorSubject, type ErrorSubject } from '../../../platform/base/error-subject';
import { processEvent } from '../../../platform/executor/events/process-event';
import { evaluatePendingRules } from '../../../platform/executor/events/evaluate-pending-rules';
import type { Database } from '../../../platform/store/database/connection';
import { RowIsolation } from '../../../platform/store/database/row-isolation';
import { dieAt, ProcessDied, type Moment } from '../faults/crashing-database';
import { TENANT, withExecutor } from './with-executor';

const platform = withExecutor();

const failed: (ErrorSubject | undefined)[] = [];
const log = pino(
  { base: null, serializers: { err: (error: unknown) => void failed.push(errorSubject(error)) } },
  { write: () => undefined },
);
beforeEach(() => (failed.length = 0));

const TRUE = '{}';
const FALSE = '["event.payload.absent"]';
/** What is inserted for the rules of these names is refused while `broken` has them. */
const RULES = { 'a-fires': TRUE, 'b-broken': TRUE, 'c-false': FALSE, 'd-broken': FALSE, 'e-fires': TRUE };
const BROKEN = ['b-broken', 'd-broken'];
const FIRED = { matched: true, enforcements: 1, executions: 1 };
const UNMATCHED = { matched: false, enforcements: 0, executions: 0 };

beforeAll(async () => {
  await platform.queryAsOwner(`insert into trigger (ref, pack, pack_ref, label)
    select 'test.seen', id, 'test', 'Seen' from pack where ref = 'test'`);
  for (const [name, conditions] of Object.entries(RULES)) {
    await platform.queryAsOwner(
      `insert into rule (ref, pack, pack_ref, label, action, action_ref, trigger, trigger_ref, conditions, enabled)
       select $1, p.id, 'test', $1, a.id, a.ref, t.id, t.ref, $2, true
       from pack p, action a, trigger t where p.ref = 'test' and a.ref = 'test.act' and t.ref = 'test.seen'`,
      [`test.${name}`, conditions],
    );
  }
  await platform.queryAsOwner(`create table broken (rule_ref text not null);
    grant select on broken to tuningfork_app;
    create function refuse_broken() returns trigger language plpgsql as $$ begin
      if exists (select from broken b where b.rule_ref = new.rule_ref) then raise 'refused'; end if; return new;
    end $$;
    create trigger refuse_broken before insert on event_decision for each row execute function refuse_broken();
    create trigger refuse_broken before insert on execution for each row execute function refuse_broken()`);
});

const breakRules = (): Promise<unknown> =>
  platform.queryAsOwner(`insert into broken select 'test.' || name from unnest($1::text[]) as name`, [BROKEN]);
const mendRules = (): Promise<unknown> => platform.queryAsOwner('delete from broken');
afterEach(mendRules);

const postEvent = (db: Database): Promise<number> =>
  db.inTenant(TENANT, async (transaction) => {
    const trigger = await transaction
      .selectFrom('trigger')
      .select(['id', 'ref'])
      .where('ref', '=', 'test.seen')
      .executeTakeFirstOrThrow();
    const event = {
      trigger,
      payload: {},
      config: null,
      source: null,
      sourceRef: null,
      rule: null,
      correlationId: null,
    };
    return (await processEvent(transaction, TENANT, event)).id;
  });

/** What each rule has caused with an event, by its name; those that are not decided are absent. */
async function outcomesOf(event: number): Promise<unknown> {
  const rows = await platform.queryAsOwner<{ name: string }>(
    `select substr(d.rule_ref, 6) as name, d.matched,
       (select count(*)::int from enforcement n where n.event = d.event and n.rule = d.rule) as enforcements,
       (select count(*)::int from execution x join enforcement n on n.id = x.enforcement
         where n.event = d.event and n.rule = d.rule) as executions
     from event_decision d where d.event = $1`,
    [event],
  );
  return rows.map(({ name, ...outcome }) => [name, outcome]).sort();
}

const OTHERS = [
  ['a-fires', FIRED],
  ['c-false', UNMATCHED],
  ['e-fires', FIRED],
];
const ALL = [...OTHERS, ['b-broken', FIRED], ['d-broken', UNMATCHED]].sort();

test('a rule that fails is evaluated again, beside rules that are decided', async () => {
  await breakRules();
  const event = await postEvent(platform.db());
  const isolation = new RowIsolation();

  await evaluatePendingRules(platform.db(), log, isolation);
  expect(await outcomesOf(event)).toEqual(OTHERS);
  expect(failed).toEqual(BROKEN.map((name) => ({ event, rule: `test.${name}` })));

  await mendRules();
  await evaluatePendingRules(platform.db(), log, new RowIsolation());
  await evaluatePendingRules(platform.db(), log, new RowIsolation());

  expect(await outcomesOf(event)).toEqual(ALL);
  expect(await platform.queryAsOwner('select from pending_rule')).toEqual([]);
});

test('a rule that is disabled before it is evaluated again fires nothing', async () => {
  await breakRules();
  const event = await postEvent(platform.db());
  await mendRules();
  await platform.queryAsOwner(`update rule set enabled = false where ref = 'test.b-broken'`);

  await evaluatePendingRules(platform.db(), log);
  await platform.queryAsOwner(`update rule set enabled = true where ref = 'test.b-broken'`);
  await evaluatePendingRules(platform.db(), log);

  expect(await outcomesOf(event)).toEqual(ALL.filter(([name]) => name !== 'b-broken'));
});

test('an executor that dies at any commit decides each failed rule once', async () => {
  const decideLater = async (dying: Database): Promise<unknown> => {
    await breakRules();
    const event = await postEvent(platform.db());
    await mendRules();
    await evaluatePendingRules(dying, log, new RowIsolation()).catch((error: unknown) => {
      if (!(error instanceof ProcessDied)) throw error;
    });
    await evaluatePendingRules(platform.db(), log, new RowIsolation());
    return outcomesOf(event);
  };
  const whole = dieAt(platform.db(), Infinity, 'after');
  expect(await decideLater(whole)).toEqual(ALL);
  expect(whole.count()).toBe(3);

  for (let at = 1; at <= whole.count(); at++) {
    for (const moment of ['before', 'after'] satisfies Moment[]) {
      expect({ at, moment, outcomes: await decideLater(dieAt(platform.db(), at, moment)) }).toEqual({
        at,
        moment,
        outcomes: ALL,
      });
    }
  }
});
