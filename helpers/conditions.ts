import type { Environment, EnvironmentRuntime, EnvironmentStatus } from '../contract/environments';
import type { Execution } from '../contract/executions';
import { isTerminal, type Status } from '../contract/status';
import type { Client } from './client/client';
import { executionTree } from './evidence';
import type { Ledger } from './ledger';
import type { Condition } from './polling';

/** The execution has this status. Impossible once it ended with another. Wait only for statuses that last. */
export const executionToBe = (goal: Status, client: Client, id: number): Condition<Execution> => ({
  name: `execution ${id} to be ${goal}`,
  look: async () => {
    const execution = await client.executions.get(id);
    if (execution.status === goal) return { is: 'met', value: execution };
    if (isTerminal(execution.status)) return { is: 'impossible', why: `it ended ${execution.status}` };
    return { is: 'pending', why: execution.status };
  },
  evidence: () => executionTree(client, id),
});

/** Anything that may come to hold, where no more than that can be told of it: it is never impossible. */
export const toHold = (
  name: string,
  holds: () => boolean | Promise<boolean>,
  evidence: () => string = () => '',
): Condition<true> => ({
  name,
  look: async () => ((await holds()) ? { is: 'met', value: true } : { is: 'pending', why: 'it does not hold' }),
  evidence: () => Promise.resolve(evidence()),
});

/** The execution has ended, however. */
export const executionToEnd = (client: Client, id: number): Condition<Execution> => ({
  name: `execution ${id} to end`,
  look: async () => {
    const execution = await client.executions.get(id);
    if (isTerminal(execution.status)) return { is: 'met', value: execution };
    return { is: 'pending', why: execution.status };
  },
  evidence: () => executionTree(client, id),
});

/** The pack's environment of this runtime stands so. */
export const environmentToBe = (
  goal: EnvironmentStatus,
  client: Client,
  pack: string,
  runtime: EnvironmentRuntime,
): Condition<Environment> => ({
  name: `the ${runtime} environment of ${pack} to be ${goal}`,
  look: async () => {
    const found = (await client.packs.environments(pack)).find((one) => one.runtime === runtime);
    if (found?.status === goal) return { is: 'met', value: found };
    return { is: 'pending', why: found?.status ?? 'not known' };
  },
  evidence: () => client.packs.environments(pack).then(told, told),
});

const told = (what: unknown): string => (what instanceof Error ? what.message : JSON.stringify(what, null, 2));

/** So many different processes have written a beat under the key. The value is their pids. */
export const pidsToBeat = (
  n: number,
  ledger: Ledger,
  key: string,
  client: Client,
  root: number,
): Condition<number[]> => ({
  name: `${n} processes to beat under ${key}`,
  look: async () => {
    const pids = [...new Set(ledger.entries(key, 'beat').map((entry) => entry.pid))];
    if (pids.length === n) return { is: 'met', value: pids };
    if (pids.length > n) return { is: 'impossible', why: `${pids.length} beat: ${pids.join(', ')}` };
    const { status } = await client.executions.get(root);
    return isTerminal(status)
      ? { is: 'impossible', why: `execution ${root} ended ${status}` }
      : { is: 'pending', why: `${pids.length} beat, execution ${root} is ${status}` };
  },
  evidence: () => executionTree(client, root),
});
