import type { RuleDecision } from '../../contract/rule-decisions';
import type { Rule } from '../../contract/rules';

/** Whether a rule can fire, and what became of events, a line each. */
export const decisionLines = (rule: Rule, decisions: readonly RuleDecision[]): string[] => [
  `rule ${rule.ref} is ${rule.enabled ? 'enabled' : 'disabled'}${timerText(rule)}`,
  ...(decisions.length === 0 ? ['  no event of its trigger is stored'] : []),
  ...decisions.map(({ event, event_created, text }) => `  event ${event} at ${event_created}: ${text}`),
];

/** Of its timer, where it has one. */
function timerText({ timer_state: state, timer_reason: reason, next_fire_at: nextFireAt }: Rule): string {
  if (state === undefined) return '';
  const next = nextFireAt ? `fires at ${nextFireAt}` : 'does not fire again';
  return `; its timer is ${state}${reason ? ` (${reason})` : ''}, and ${next}`;
}
