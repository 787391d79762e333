import type { Client } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';
import { ruleActivity } from '../../../../helpers/scenario/evidence/rule-activity';

const RULE = { ref: 'p.rule', pack_ref: 'p', trigger_ref: 'p.hook' };
const EVENT = { id: 8, created: '2026-01-27T10:00:01Z', source: null };
const UNMATCHED = { rule_ref: 'p.rule', matched: false, decided_by: 'all[0]' };
const MATCHED = { rule_ref: 'p.rule', matched: true, enforcement: 5 };
const COMPLETED = { id: 9, status: 'completed', enforcement: 5, updated: '2026-01-27T10:00:02Z' };

const MISSING = new ApiError({ method: 'GET', path: '/', status: 404, code: 'NOT_FOUND', message: '', body: null });

interface Rows {
  readonly rule?: object;
  readonly events?: readonly object[];
  readonly decisions?: readonly object[];
  readonly executions?: readonly object[];
  /** Null: the target does not state them. */
  readonly stated?: readonly object[] | null;
}

const activityOf = ({ rule = {}, events = [EVENT], decisions = [], executions = [], stated = null }: Rows) =>
  ruleActivity(
    {
      rules: {
        get: () => Promise.resolve({ ...RULE, ...rule }),
        decisions: () => (stated === null ? Promise.reject(MISSING) : Promise.resolve({ items: stated })),
      },
      events: { list: () => Promise.resolve([...events]), decisions: () => Promise.resolve(decisions) },
      executions: { list: () => Promise.resolve(executions) },
      clock: { get: () => Promise.resolve({ mode: 'real', due: 0, in_flight: 0 }) },
    } as unknown as Client,
    'p.rule',
  );

test('a decision against an execution is final', async () => {
  expect(await activityOf({ decisions: [UNMATCHED] })).toEqual({
    state: '8\nfalse',
    changedAt: '2026-01-27T10:00:01Z',
    open: ['event 8: did not match, decided by all[0]'],
    pending: [],
    isFinal: true,
    isSettled: false,
  });
});

test('what the platform states of an event is shown', async () => {
  const stated = [{ event: 8, text: 'it was disabled when the event came' }];
  expect(await activityOf({ stated })).toMatchObject({ open: ['event 8: it was disabled when the event came'] });
});

test('a rule that has fired against its decision is shown with both', async () => {
  const stated = [{ event: 8, text: 'its criteria are false' }];
  const fired = { decisions: [{ ...UNMATCHED, enforcement: 5 }], executions: [COMPLETED] };

  expect(await activityOf({ stated, ...fired })).toMatchObject({
    open: [
      'event 8: its criteria are false; and yet: did not match, decided by all[0], enforcement 5, execution 9 completed',
    ],
  });
});

test('so is one for a rule whose action is gone', async () => {
  const gone = { ...MATCHED, code: 'ACTION_GONE', message: 'it was removed' };
  expect(await activityOf({ decisions: [gone] })).toMatchObject({ isFinal: true });
});

test('neither an execution nor an event without a decision is final', async () => {
  const created = { decisions: [MATCHED], executions: [COMPLETED] };
  expect(await activityOf(created)).toMatchObject({
    open: ['event 8: matched, enforcement 5, execution 9 completed'],
    pending: [],
    isFinal: false,
  });
  expect(await activityOf({})).toMatchObject({
    open: ['event 8: no decision of the rule'],
    pending: [],
    isFinal: false,
  });
});

test.each([
  ['a timer', { rule: { next_fire_at: '2026-01-27T10:00:05Z' } }, 'the timer, which fires at 2026-01-27T10:00:05Z'],
  ['a timer without a preview', { rule: { trigger_ref: 'core.crontimer' } }, 'an event of core.crontimer'],
  ['a sensor', { events: [{ ...EVENT, source: 3 }] }, 'the sensor of p.hook'],
  ['the first post', { events: [] }, 'an event of p.hook'],
])('%s may still create an event', async (_, rows, pending) => {
  expect((await activityOf({ decisions: [UNMATCHED], ...rows })).pending).toEqual([pending]);
});
