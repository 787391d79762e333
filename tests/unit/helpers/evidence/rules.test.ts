import type { Client } from '../../../../helpers/client/client';
import { ApiError } from '../../../../helpers/errors';
import { ruleRecord } from '../../../../helpers/scenario/evidence/rules';

const RULE = {
  ref: 'p.rule',
  pack_ref: 'p',
  enabled: true,
  trigger_ref: 'p.hook',
  trigger_params: {},
  conditions: { all: ['severity >= 3'] },
};
const EVENTS = [
  { id: 8, created: '2026-01-27T10:00:01Z', payload: { severity: 1 } },
  { id: 7, created: '2026-01-27T10:00:00Z', payload: { severity: 3 } },
];
const DECISIONS = {
  7: [{ rule_ref: 'p.rule', matched: true, decided_by: null, code: null, message: null, enforcement: 5 }],
  8: [
    { rule_ref: 'p.rule', matched: false, decided_by: 'all[0]', code: null, message: null, enforcement: null },
    { rule_ref: 'p.other', matched: false, decided_by: null, code: 'CRITERIA_ERROR', message: 'no', enforcement: null },
  ],
} as const;

const MISSING = new ApiError({ method: 'GET', path: '/', status: 404, code: 'NOT_FOUND', message: '', body: null });
/** Of a target that does not state them. */
const WITHOUT_DECISIONS = { decisions: () => Promise.reject(MISSING) };

const clientWith = (parts: object): Client =>
  ({
    rules: { get: () => Promise.resolve(RULE), ...WITHOUT_DECISIONS },
    executions: { list: () => Promise.resolve([]) },
    enforcements: { list: () => Promise.resolve([{ id: 5, rule_ref: 'p.rule' }]) },
    events: {
      list: () => Promise.resolve([...EVENTS]),
      get: (id: number) => Promise.resolve(EVENTS.find((event) => event.id === id)),
      decisions: (id: 7 | 8) => Promise.resolve(DECISIONS[id]),
    },
    ...parts,
  }) as unknown as Client;

test('the record of a rule has its events, and what decided about each', async () => {
  expect((await ruleRecord(clientWith({}), 'p.rule')).split('\n')).toEqual([
    'rule p.rule  enabled  trigger p.hook {}',
    '  criteria: {"all":["severity >= 3"]}',
    '  event 7 at 2026-01-27T10:00:00Z: {"severity":3}',
    '    p.rule: matched, enforcement 5',
    '  event 8 at 2026-01-27T10:00:01Z: {"severity":1}',
    '    p.rule: did not match, decided by all[0]',
    '    p.other: did not match, CRITERIA_ERROR no',
  ]);
});

test('on a platform without decisions it has the enforcements', async () => {
  const events = { ...clientWith({}).events, decisions: () => Promise.reject(MISSING) };
  expect(await ruleRecord(clientWith({ events }), 'p.rule')).toContain('    p.rule: matched, enforcement 5');
});

test('what the platform states of a rule replaces its own decision', async () => {
  const items = [
    { event: 8, text: 'its criteria are false: event.payload.severity >= 3: it was 1' },
    { event: 7, text: 'it was disabled when the event came' },
  ];
  const rules = { get: () => Promise.resolve(RULE), decisions: () => Promise.resolve({ items }) };
  expect((await ruleRecord(clientWith({ rules }), 'p.rule')).split('\n').slice(2)).toEqual([
    '  event 7 at 2026-01-27T10:00:00Z: {"severity":3}',
    '    p.rule: it was disabled when the event came',
    '  event 8 at 2026-01-27T10:00:01Z: {"severity":1}',
    '    p.rule: its criteria are false: event.payload.severity >= 3: it was 1',
    '    p.other: did not match, CRITERIA_ERROR no',
  ]);
});

test('the record of a timer has its next fire', async () => {
  const timer = { ...RULE, trigger_ref: 'core.crontimer', timer_state: 'expired', timer_reason: 'the date is past' };
  const client = clientWith({
    rules: { get: () => Promise.resolve({ ...timer, next_fire_at: null }), ...WITHOUT_DECISIONS },
  });
  expect(await ruleRecord(client, 'p.rule')).toContain('  timer: expired, the date is past, next fire none');
});

test('a rule that cannot be read is named with the reason', async () => {
  const client = clientWith({ rules: { get: () => Promise.reject(new Error('no route')) } });
  expect(await ruleRecord(client, 'p.rule')).toBe('no record of rule p.rule: no route');
});
