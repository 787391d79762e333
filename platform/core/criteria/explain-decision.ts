import type { DecisionCode } from '../../../contract/events';
import type { RuleDecision, RuleDecisionKind } from '../../../contract/rule-decisions';
import { writeJson } from '../../../contract/json-text/write-json';
import { failedPart } from './failed-part';
import type { CriteriaEvent } from './types';
import { triggerAt, wasDisabledAt, type RuleChange } from './rule-state';

/** The stored decision of a rule on an event. */
interface StoredDecision {
  readonly matched: boolean;
  readonly decided_by: string | null;
  readonly code: DecisionCode | null;
  readonly message: string | null;
  readonly enforcement: number | null;
}

/** What is stored of a rule and an event. */
export interface DecisionFacts {
  /** Without what its trigger declares secret. */
  readonly event: CriteriaEvent;
  /** Null: the rule was not evaluated for it. */
  readonly stored: StoredDecision | null;
  readonly execution: number | null;
  /** The rule is still to be evaluated. */
  readonly isPending: boolean;
  readonly rule: {
    readonly enabled: boolean;
    readonly created: string;
    readonly updated: string;
  };
  /** The history of the rule, the oldest first. */
  readonly changes: readonly RuleChange[];
}

/** What became of an event and a rule, and what proves it. */
export function explainDecision(facts: DecisionFacts): RuleDecision {
  const { event, stored, execution } = facts;
  const { decided_by = null, code = null, message = null, enforcement = null } = stored ?? {};
  const base = { event: event.id, event_created: event.created, enforcement, execution, decided_by, code, message };
  if (stored === null) return { ...base, part: null, ...notEvaluated(facts) };
  const decision = kindOf(stored);
  const part = decision === 'criteria_false' && decided_by !== null ? failedPart(decided_by, event) : null;
  return { ...base, part, decision, text: textOf(decision, { ...base, part }) };
}

function kindOf({ matched, code, enforcement }: StoredDecision): RuleDecisionKind {
  if (!matched) return code === null ? 'criteria_false' : 'criteria_error';
  if (code === 'RULE_DISABLED') return 'rule_disabled';
  return code === null && enforcement !== null ? 'fired' : 'not_started';
}

type Explained = Omit<RuleDecision, 'decision' | 'text' | 'event' | 'event_created'>;

function textOf(
  decision: RuleDecisionKind,
  { enforcement, execution, decided_by, part, code, message }: Explained,
): string {
  if (decision === 'fired')
    return `it fired: enforcement ${enforcement}${execution === null ? '' : `, execution ${execution}`}`;
  if (decision === 'criteria_false')
    return `its criteria are false: ${part === null ? (message ?? decided_by) : partText(part)}`;
  const cause = [code, message].filter((text) => text !== null).join(': ');
  if (decision === 'criteria_error') return `its criteria cannot be evaluated: ${cause}`;
  return `its criteria are true, and nothing was started: ${cause}`;
}

const partText = ({ path, operator, expected, actual, problem }: NonNullable<RuleDecision['part']>): string => {
  const condition = operator === 'is true' ? path : `${path} ${operator} ${writeJson(expected)}`;
  return `${condition}: ${problem ?? `it was ${writeJson(actual)}`}`;
};

function notEvaluated({ event, isPending, rule, changes }: DecisionFacts): Pick<RuleDecision, 'decision' | 'text'> {
  const at = Date.parse(event.created);
  if (isPending) return { decision: 'pending', text: 'it is still to be evaluated for this event' };
  if (Date.parse(rule.created) >= at && !wasDisabledAt(changes, at)) {
    return { decision: 'rule_created_later', text: `it was created at ${rule.created}, after the event` };
  }
  if (wasDisabledAt(changes, at)) return { decision: 'rule_disabled', text: 'it was disabled when the event came' };
  const trigger = triggerAt(changes, at);
  if (trigger !== null && trigger !== event.triggerRef) {
    return { decision: 'other_trigger', text: `its trigger was ${trigger} when the event came` };
  }
  const state = rule.enabled ? 'enabled' : 'disabled';
  return {
    decision: 'undecided',
    text: `no decision is stored; the rule is ${state}, and was updated last at ${rule.updated}`,
  };
}
