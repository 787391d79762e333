import { explainDecision, type DecisionFacts } from '../../../platform/core/criteria/explain-decision';
import type { RuleChange } from '../../../platform/core/criteria/rule-state';

const at = (minute: number): string => `2026-01-27T10:${String(minute).padStart(2, '0')}:00Z`;
const EVENT = { id: 7, triggerRef: 'p.hook', payload: { branch: 'dev' }, created: at(10) };
const CREATED: RuleChange = {
  time: at(1),
  enabled: { before: null, after: true },
  trigger: { before: null, after: 'p.hook' },
};
const enabled = (minute: number, after: boolean): RuleChange => ({
  time: at(minute),
  enabled: { before: !after, after },
});
const trigger = (minute: number, before: string, after: string): RuleChange => ({
  time: at(minute),
  trigger: { before, after },
});

const FACTS: DecisionFacts = {
  event: EVENT,
  stored: null,
  execution: null,
  isPending: false,
  rule: { enabled: true, created: at(1), updated: at(2) },
  changes: [CREATED],
};
const STORED = { matched: true, decided_by: null, code: null, message: null, enforcement: null };

const decisionOf = (facts: Partial<DecisionFacts>): [string, string] => {
  const { decision, text } = explainDecision({ ...FACTS, ...facts });
  return [decision, text];
};

test.each<[string, Partial<DecisionFacts>, [string, string]]>([
  [
    'an enforcement and its execution',
    { stored: { ...STORED, enforcement: 3 }, execution: 4 },
    ['fired', 'it fired: enforcement 3, execution 4'],
  ],
  [
    'false criteria',
    { stored: { ...STORED, matched: false, decided_by: 'event.payload.branch == "main"' } },
    ['criteria_false', 'its criteria are false: event.payload.branch == "main": it was "dev"'],
  ],
  [
    'criteria that fail',
    { stored: { ...STORED, matched: false, code: 'CRITERIA_ERROR', message: 'no x' } },
    ['criteria_error', 'its criteria cannot be evaluated: CRITERIA_ERROR: no x'],
  ],
  [
    'a rule that was disabled after it had matched',
    {
      stored: {
        ...STORED,
        code: 'RULE_DISABLED',
        message: 'the rule was disabled after it had matched',
        enforcement: 3,
      },
    },
    [
      'rule_disabled',
      'its criteria are true, and nothing was started: RULE_DISABLED: the rule was disabled after it had matched',
    ],
  ],
  [
    'an action that is gone',
    { stored: { ...STORED, code: 'ACTION_GONE', message: 'action p.a does not exist', enforcement: 3 } },
    ['not_started', 'its criteria are true, and nothing was started: ACTION_GONE: action p.a does not exist'],
  ],
  ['a pending evaluation', { isPending: true }, ['pending', 'it is still to be evaluated for this event']],
  [
    'a rule that was disabled',
    { changes: [CREATED, enabled(5, false)] },
    ['rule_disabled', 'it was disabled when the event came'],
  ],
  [
    'a rule that was disabled, and enabled since',
    { changes: [CREATED, enabled(5, false), enabled(15, true)] },
    ['rule_disabled', 'it was disabled when the event came'],
  ],
  [
    'a rule that was disabled at the same instant, and enabled',
    { changes: [CREATED, enabled(10, false), enabled(10, true)] },
    ['rule_disabled', 'it was disabled when the event came'],
  ],
  [
    'a rule whose older history was removed',
    { changes: [enabled(15, true)] },
    ['rule_disabled', 'it was disabled when the event came'],
  ],
  [
    'a rule of a later instant',
    { rule: { enabled: true, created: at(12), updated: at(12) }, changes: [{ ...CREATED, time: at(12) }] },
    ['rule_created_later', `it was created at ${at(12)}, after the event`],
  ],
  [
    'a rule that had another trigger',
    { changes: [CREATED, trigger(3, 'p.hook', 'p.other'), trigger(12, 'p.other', 'p.hook')] },
    ['other_trigger', 'its trigger was p.other when the event came'],
  ],
  [
    'no row',
    { rule: { enabled: false, created: at(1), updated: at(20) }, changes: [] },
    ['undecided', `no decision is stored; the rule is disabled, and was updated last at ${at(20)}`],
  ],
])('a decision follows from %s', (_, facts, expected) => {
  expect(decisionOf(facts)).toEqual(expected);
});
