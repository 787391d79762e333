import type { Environment, EnvironmentRuntime, EnvironmentStatus } from '../../../contract/runtimes';
import type { Execution, LogEntry } from '../../../contract/executions';
import { isTerminal, type Status } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';
import { executionTree } from '../evidence/executions';
import { treeActivity } from '../evidence/tree-activity';
import type { Ledger } from '../ledger';
import type { Condition } from '../polling';
import { changesFor } from '../run-changes';
import { executionToChange } from '../change-filters';

/**
 * The execution has this status. Impossible once it ended in another. For statuses that last: a
 * check may miss any other.
 */
export const executionToBe = (goal: Status, client: Client, id: number): Condition<Execution> => ({
  name: `execution ${id} to be ${goal}`,
  check: async () => {
    const execution = await client.executions.get(id);
    if (execution.status === goal) return { is: 'met', value: execution };
    if (isTerminal(execution.status)) return { is: 'impossible', why: `it ended ${execution.status}` };
    return { is: 'pending', why: execution.status, changedBy: changesFor(client, executionToChange(id, goal)) };
  },
  evidence: () => executionTree(client, id),
  activity: () => treeActivity(client, id),
});

/** Any predicate. Never impossible, because a predicate cannot express that. */
export const predicateToHold = (
  name: string,
  holds: () => boolean | Promise<boolean>,
  evidence: () => string | Promise<string> = () => '',
): Condition<true> => ({
  name,
  check: async () => ((await holds()) ? { is: 'met', value: true } : { is: 'pending', why: 'it is false' }),
  evidence,
});

/** The execution has ended, in any terminal status. */
export const executionToEnd = (client: Client, id: number): Condition<Execution> => ({
  name: `execution ${id} to end`,
  check: async () => {
    const execution = await client.executions.get(id);
    if (isTerminal(execution.status)) return { is: 'met', value: execution };
    return { is: 'pending', why: execution.status, changedBy: changesFor(client, executionToChange(id)) };
  },
  evidence: () => executionTree(client, id),
  activity: () => treeActivity(client, id),
});

/** The pack's environment of this runtime has this status. */
export const environmentToBe = (
  goal: EnvironmentStatus,
  client: Client,
  pack: string,
  runtime: EnvironmentRuntime,
): Condition<Environment> => ({
  name: `the ${runtime} environment of ${pack} to be ${goal}`,
  check: async () => {
    const environment = (await client.packs.environments(pack)).find((one) => one.runtime === runtime);
    if (environment?.status === goal) return { is: 'met', value: environment };
    return { is: 'pending', why: environment?.status ?? 'missing' };
  },
  evidence: () => client.packs.environments(pack).then(describeResult, describeResult),
});

const describeResult = (what: unknown): string => (what instanceof Error ? what.message : writeJson(what, 2));

/** `n` different processes have written a beat under the key. The value is their pids. */
export const pidsToWriteBeats = (
  n: number,
  ledger: Ledger,
  key: string,
  client: Client,
  root: number,
): Condition<number[]> => ({
  name: `${n} processes to write beats under ${key}`,
  check: async () => {
    const pids = [...new Set(ledger.entries(key, 'beat').map((entry) => entry.pid))];
    if (pids.length === n) return { is: 'met', value: pids };
    if (pids.length > n) return { is: 'impossible', why: `${pids.length} processes wrote beats: ${pids.join(', ')}` };
    const { status } = await client.executions.get(root);
    return isTerminal(status)
      ? { is: 'impossible', why: `execution ${root} ended ${status}` }
      : { is: 'pending', why: `${pids.length} processes, execution ${root} is ${status}` };
  },
  evidence: () => executionTree(client, root),
  activity: () => treeActivity(client, root),
});

/** Types of the last entry of an execution that is no task. */
const END_ENTRY = /^EXECUTION_(COMPLETED|FAILED|CANCELLED|TIMED_OUT|ABANDONED)$/;

/**
 * The log shows the end of an execution that has ended, and is no task. A read may miss entries
 * while any other transaction of the platform is open.
 */
export const logToEnd = (client: Client, id: number): Condition<LogEntry[]> => ({
  name: `the log of execution ${id} to contain its end`,
  check: async () => {
    const entries = await client.executions.log(id);
    const isComplete = entries.some(({ execution, type }) => execution === id && END_ENTRY.test(type));
    if (isComplete) return { is: 'met', value: entries };
    return { is: 'pending', why: `its ${entries.length} entries do not contain it` };
  },
});
