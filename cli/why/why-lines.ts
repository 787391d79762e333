import type { RuleDecision } from '../../contract/rule-decisions';

/** What became of events, a line each. */
export const decisionLines = (ref: string, decisions: readonly RuleDecision[]): string[] => [
  `rule ${ref}`,
  ...(decisions.length === 0 ? ['  no event of its trigger is stored'] : []),
  ...decisions.map(({ event, event_created, text }) => `  event ${event} at ${event_created}: ${text}`),
];
