import type { EnforcementFilter, EventFilter } from '../../../contract/events';
import type { ExecutionFilter, ExecutionSummary } from '../../../contract/executions';
import { isTerminal, type Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';
import { exactlyNRows } from './exactly-n-rows';
import { executionTree } from '../evidence/executions';
import { ruleActivity } from '../evidence/rule-activity';
import { ruleRecord } from '../evidence/rules';
import { treeActivity } from '../evidence/tree-activity';
import type { Condition } from '../polling';
import { changesFor } from '../run-changes';
import { rowsToReach, rowsToAppear } from '../change-filters';
import type { Activity } from '../standstill';

/** The record of the rule that a filter names; undefined if it names none. */
const recordOf = (client: Client, { rule_ref }: { rule_ref?: string }): (() => Promise<string>) | undefined =>
  rule_ref === undefined ? undefined : () => ruleRecord(client, rule_ref);

/** What may still create or change executions of a filter; undefined: nothing shows it. */
function activityOf(
  client: Client,
  { rule_ref: rule, parent }: { rule_ref?: string; parent?: number },
): (() => Promise<Activity>) | undefined {
  if (rule !== undefined && !rule.includes('*')) return () => ruleActivity(client, rule);
  return parent === undefined ? undefined : () => treeActivity(client, parent);
}

/** Exactly `n` rows of a list, oldest first. Impossible with more. */
const nRows =
  <F extends { rule_ref?: string }, T extends { id: number }>(
    entity: 'event' | 'enforcement' | 'execution',
    list: (client: Client, filter: F) => Promise<T[]>,
  ) =>
  (n: number, client: Client, filter: F): Condition<T[]> =>
    exactlyNRows(`${n} ${entity}s of ${writeJson(filter)}`, n, () => list(client, filter), {
      evidence: recordOf(client, filter),
      changedBy: (missing) => changesFor(client, rowsToAppear(missing, entity, filter)),
      activity: entity === 'event' ? undefined : activityOf(client, filter),
    });

export const eventsToBe = nRows('event', ({ events }, filter: EventFilter) => events.list(filter));

export const enforcementsToBe = nRows('enforcement', ({ enforcements }, filter: EnforcementFilter) =>
  enforcements.list(filter),
);

/** In any status. */
export const executionsToExist = nRows('execution', ({ executions }, filter: ExecutionFilter) =>
  executions.list(filter),
);

/**
 * Exactly `n` executions, all in this status, oldest first. Impossible with more, or once one ends
 * in another status.
 */
export const executionsToBe = (
  goal: Status,
  n: number,
  client: Client,
  filter: ExecutionFilter,
): Condition<ExecutionSummary[]> => {
  let executions: ExecutionSummary[] = [];
  return {
    name: `${n} executions of ${writeJson(filter)} to be ${goal}`,
    check: async () => {
      executions = (await client.executions.list(filter)).sort((a, b) => a.id - b.id);
      const why = executions.map(({ id, status }) => `execution ${id} is ${status}`).join(', ') || 'none';
      if (executions.length > n) return { is: 'impossible', why: `there are ${executions.length}: ${why}` };
      const wrongEnd = executions.find(({ status }) => status !== goal && isTerminal(status));
      if (wrongEnd) return { is: 'impossible', why: `execution ${wrongEnd.id} ended ${wrongEnd.status}` };
      const missing = n - executions.filter(({ status }) => status === goal).length;
      if (missing === 0) return { is: 'met', value: executions };
      return { is: 'pending', why, changedBy: changesFor(client, rowsToReach(missing, goal, filter)) };
    },
    evidence:
      recordOf(client, filter) ??
      (async () => (await Promise.all(executions.map(({ id }) => executionTree(client, id)))).join('\n')),
    activity: activityOf(client, filter),
  };
};

/** `n` rules have evaluated the event. The fence for the absence of an enforcement. */
export const eventDecisionsToBe = (n: number, client: Client, event: number): Condition<number> => ({
  name: `event ${event} to be evaluated by ${n} rules`,
  check: async () => {
    const { length } = await client.events.decisions(event);
    if (length === n) return { is: 'met', value: length };
    const why = `${length} decisions`;
    return length > n ? { is: 'impossible', why } : { is: 'pending', why };
  },
  evidence: async () => writeJson(await client.events.decisions(event), 1),
});
