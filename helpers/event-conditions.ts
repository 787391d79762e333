import type { EnforcementFilter, EnforcementSummary, EventFilter, EventSummary } from '../contract/events';
import type { ExecutionFilter, ExecutionSummary } from '../contract/executions';
import { isTerminal, type Status } from '../contract/status';
import type { Client } from './client/client';
import { counted } from './counted';
import { executionTree } from './evidence';
import type { Condition } from './polling';

/** Exactly so many events, oldest first. Impossible once there are more. */
export const eventsToBe = (n: number, client: Client, filter: EventFilter): Condition<EventSummary[]> =>
  counted(`${n} events of ${JSON.stringify(filter)}`, n, () => client.events.list(filter));

/** Exactly so many enforcements, oldest first. Impossible once there are more. */
export const enforcementsToBe = (
  n: number,
  client: Client,
  filter: EnforcementFilter,
): Condition<EnforcementSummary[]> =>
  counted(`${n} enforcements of ${JSON.stringify(filter)}`, n, () => client.enforcements.list(filter));

/** Exactly so many executions, in whatever status, oldest first. Impossible once there are more. */
export const executionsToExist = (n: number, client: Client, filter: ExecutionFilter): Condition<ExecutionSummary[]> =>
  counted(`${n} executions of ${JSON.stringify(filter)}`, n, () => client.executions.list(filter));

/** Exactly so many executions, all of this status, oldest first. Impossible once one ends otherwise or there are more. */
export const executionsToBe = (
  goal: Status,
  n: number,
  client: Client,
  filter: ExecutionFilter,
): Condition<ExecutionSummary[]> => {
  let seen: ExecutionSummary[] = [];
  return {
    name: `${n} executions of ${JSON.stringify(filter)} to be ${goal}`,
    look: async () => {
      seen = (await client.executions.list(filter)).sort((a, b) => a.id - b.id);
      const why = seen.map(({ id, status }) => `${id} ${status}`).join(', ') || 'none';
      if (seen.length > n) return { is: 'impossible', why: `there are more: ${why}` };
      const lost = seen.find(({ status }) => status !== goal && isTerminal(status));
      if (lost) return { is: 'impossible', why: `${lost.id} ended ${lost.status}` };
      const isMet = seen.length === n && seen.every(({ status }) => status === goal);
      return isMet ? { is: 'met', value: seen } : { is: 'pending', why };
    },
    evidence: async () => (await Promise.all(seen.map(({ id }) => executionTree(client, id)))).join('\n'),
  };
};

/** Every enabled rule of the event's trigger has decided: the fence after which an enforcement's absence counts. */
export const eventToBeDecided = (rules: number, client: Client, event: number): Condition<number> => ({
  name: `event ${event} to be decided by ${rules} rules`,
  look: async () => {
    const { length } = await client.events.decisions(event);
    if (length === rules) return { is: 'met', value: length };
    const why = `${length} decisions`;
    return length > rules ? { is: 'impossible', why } : { is: 'pending', why };
  },
  evidence: async () => JSON.stringify(await client.events.decisions(event), null, 1),
});
