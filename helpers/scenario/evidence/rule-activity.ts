import type { Decision, EventSummary } from '../../../contract/events';
import type { ExecutionSummary } from '../../../contract/executions';
import type { Rule } from '../../../contract/rules';
import { isTerminal } from '../../../contract/status';
import type { Client } from '../../client/client';
import type { Activity } from '../standstill';
import { decisionsOfEvent, describeStated, eventsOfRule, readStatedDecisions } from './rules';
import { latestOf, treeRows, underClock, type Rows } from './tree-activity';

/** Triggers of the platform's own timers. */
const TIMER_TRIGGERS = 'core.';

/**
 * Of the executions of a rule. Final once every event has a decision of the rule after which no
 * execution follows.
 */
export const ruleActivity = (client: Client, ref: string): Promise<Activity> =>
  underClock(client, ruleRows(client, ref));

async function ruleRows(client: Client, ref: string): Promise<Rows> {
  const rule = await client.rules.get(ref);
  const [events, stated, executions] = await Promise.all([
    eventsOfRule(client, rule),
    readStatedDecisions(client, rule),
    client.executions.list({ rule_ref: ref }),
  ]);
  const decided = await Promise.all(events.map(({ id }) => decisionOf(client, id, rule)));
  const unfinished = executions.filter(({ status }) => !isTerminal(status));
  const trees = await Promise.all(unfinished.map(({ id }) => treeRows(client, id)));
  const source = nextEventOf(rule, events);
  return {
    state: [
      ...events.map(({ id }) => id),
      ...decided.map((decision) => String(decision?.matched)),
      ...executions.map(stateOf),
    ].join('\n'),
    changedAt: latestOf([...events.map(({ created }) => created), ...executions.map(({ updated }) => updated)]),
    open: [
      ...events.map(({ id }, n) => describeEvent(id, stated.get(id), decided[n], executions)),
      ...trees.flatMap(({ open }) => open),
    ],
    pending: [...(source === null ? [] : [source]), ...trees.flatMap(({ pending }) => pending)],
    isFinal:
      executions.length === 0 && decided.every((decision) => decision !== undefined && isWithoutExecution(decision)),
  };
}

const decisionOf = async (client: Client, event: number, rule: Rule): Promise<Partial<Decision> | undefined> =>
  (await decisionsOfEvent(client, event, { rule })).find(({ rule_ref }) => rule_ref === rule.ref);

const isWithoutExecution = ({ matched, code }: Partial<Decision>): boolean => matched === false || Boolean(code);

/** What may still create an event; null: a caller that posts events has posted one. */
function nextEventOf(
  { trigger_ref: trigger, next_fire_at: fireAt }: Rule,
  events: readonly EventSummary[],
): string | null {
  if (fireAt) return `the timer, which fires at ${fireAt}`;
  if (events.length === 0 || trigger.startsWith(TIMER_TRIGGERS)) return `an event of ${trigger}`;
  return events.some(({ source }) => source !== null) ? `the sensor of ${trigger}` : null;
}

const stateOf = ({ id, status, updated }: ExecutionSummary): string => `${id} ${status} ${updated}`;

function describeEvent(
  event: number,
  stated: string | undefined,
  decision: Partial<Decision> | undefined,
  executions: readonly ExecutionSummary[],
): string {
  if (decision === undefined) return `event ${event}: ${stated ?? 'no decision of the rule'}`;
  return `event ${event}: ${describeStated(stated, decision, { executions })}`;
}
