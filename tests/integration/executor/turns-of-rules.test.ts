// Rules whose evaluation takes long let other work go on between them.
import { TimeSlices } from '../../../platform/base/async/time-slices';
import type { JsonObject } from '../../../contract/json';
import { processEvent } from '../../../platform/executor/events/process-event';
import { listRuleDecisions } from '../../../platform/store/events/rule-decisions';
import { findRule } from '../../../platform/store/events/rules';
import { TENANT, withExecutor } from './with-executor';

const platform = withExecutor();

const RULES = ['a', 'b', 'c', 'd'];
/** Longer than one slice, ms. */
const WORK_MS = 25;

beforeAll(async () => {
  await platform.queryAsOwner(`insert into trigger (ref, pack, pack_ref, label)
    select 'test.heavy', id, 'test', 'Heavy' from pack where ref = 'test'`);
  await platform.queryAsOwner(
    `insert into rule (ref, pack, pack_ref, label, action, action_ref, trigger, trigger_ref, conditions, enabled)
     select 'test.' || name, p.id, 'test', name, a.id, a.ref, t.id, t.ref, $2, true
     from pack p, action a, trigger t, unnest($1::text[]) as name
     where p.ref = 'test' and a.ref = 'test.act' and t.ref = 'test.heavy'`,
    [RULES, JSON.stringify([{ field: 'read', operator: 'equals', value: 1 }])],
  );
});

/** Processes an event whose payload is not stored in whole. */
const process = (payload: JsonObject): Promise<unknown> =>
  platform.db().inTenant(TENANT, async (transaction) => {
    const trigger = await transaction
      .selectFrom('trigger')
      .select(['id', 'ref'])
      .where('ref', '=', 'test.heavy')
      .executeTakeFirstOrThrow();
    const from = { config: null, source: null, sourceRef: null, rule: null, correlationId: null };
    return processEvent(transaction, TENANT, { trigger, payload, ...from });
  });

test('TP-02 other work has a turn between the rules of an event', async () => {
  let turns = 0;
  const turnsBefore: number[] = [];
  const read = (): number => {
    turnsBefore.push(turns);
    setImmediate(() => turns++);
    for (const end = performance.now() + WORK_MS; performance.now() < end;);
    return 2;
  };
  await process(Object.defineProperty({}, 'read', { get: read }));

  expect(turnsBefore).toEqual([0, 1, 2, 3]);
});

test('TP-02 other work can have a turn between the decisions of a list', async () => {
  for (let n = 0; n < 3; n++) await process({ read: n });
  const rule = await platform.db().inTenant(TENANT, (transaction) => findRule(transaction, 'test.a'));
  const giveTurn = jest.spyOn(TimeSlices.prototype, 'giveTurn');

  const { rows } = await platform
    .db()
    .inTenant(TENANT, (transaction) => listRuleDecisions(transaction, rule!, {}, { offset: 0, limit: 3 }));

  expect(rows.map(({ part }) => part?.actual)).toEqual([2, undefined, 0]);
  expect(giveTurn).toHaveBeenCalledTimes(rows.length);
});
