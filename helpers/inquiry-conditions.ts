import type { Execution, ExecutionSummary } from '../contract/executions';
import type { Inquiry, InquiryFilter, InquiryStatus, InquirySummary } from '../contract/inquiries';
import { isTerminal } from '../contract/status';
import type { Client } from './client/client';
import { counted } from './counted';
import { executionTree } from './evidence';
import { taskOf } from './lineage';
import type { Ledger } from './ledger';
import type { Condition } from './polling';
import { isAlive } from './processes';

type Asking = Pick<Execution | ExecutionSummary, 'id' | 'status'>;

/** The execution stands still until this very question is answered. */
export const isWaiting = (execution: Asking, inquiry: Pick<Inquiry, 'execution' | 'status'>): boolean =>
  execution.status === 'running' && inquiry.execution === execution.id && inquiry.status === 'pending';

/** Nobody answered in time. */
export const isExpired = ({ status }: Pick<Inquiry, 'status'>): boolean => status === 'timeout';

/** The execution ended because its question expired. */
export const isTimedOut = ({ status, workflow_task }: Pick<Execution, 'status' | 'workflow_task'>): boolean =>
  status === 'timeout' && workflow_task?.timed_out === true;

/** A task of the workflow has asked. The value is its question, which may have ended since. */
export const taskToAsk = (task: string, client: Client, root: number): Condition<Inquiry> => ({
  name: `task ${task} of execution ${root} to ask`,
  look: async () => {
    const children = await client.executions.children(root);
    const gate = children.filter((child) => taskOf(child) === task).at(-1);
    if (gate) return questionOf(client, gate);
    const { status } = await client.executions.get(root);
    if (isTerminal(status)) return { is: 'impossible', why: `execution ${root} ended ${status}` };
    return { is: 'pending', why: 'the task has not started' };
  },
  evidence: () => executionTree(client, root),
});

async function questionOf(client: Client, gate: ExecutionSummary): ReturnType<Condition<Inquiry>['look']> {
  const [asked] = await client.inquiries.ofExecution(gate.id);
  if (asked) return { is: 'met', value: await client.inquiries.get(asked.id) };
  if (isTerminal(gate.status))
    return { is: 'impossible', why: `execution ${gate.id} ended ${gate.status}, asking nothing` };
  return { is: 'pending', why: `execution ${gate.id} is ${gate.status} and has asked nothing` };
}

/** The inquiry has this status. Impossible once it has another than `pending`. */
export const inquiryToBe = (goal: InquiryStatus, client: Client, id: number): Condition<Inquiry> => ({
  name: `inquiry ${id} to be ${goal}`,
  look: async () => {
    const inquiry = await client.inquiries.get(id);
    if (inquiry.status === goal) return { is: 'met', value: inquiry };
    if (inquiry.status !== 'pending') return { is: 'impossible', why: `it is ${inquiry.status}` };
    return { is: 'pending', why: inquiry.status };
  },
  evidence: async () => executionTree(client, (await client.inquiries.get(id)).execution),
});

/** Exactly so many inquiries, oldest first. Impossible once there are more. */
export const inquiriesToBe = (n: number, client: Client, filter: InquiryFilter): Condition<InquirySummary[]> =>
  counted(`${n} inquiries of ${JSON.stringify(filter)}`, n, () => client.inquiries.list(filter));

/** Every process that began under the key has ended, by this host's own processes. The value is their pids. */
export const processesToEnd = (ledger: Ledger, key: string): Condition<number[]> => ({
  name: `the processes under ${key} to end`,
  look: () => {
    const pids = ledger.entries(key, 'start').map(({ pid }) => pid);
    const left = pids.filter(isAlive);
    if (pids.length > 0 && left.length === 0) return Promise.resolve({ is: 'met', value: pids });
    return Promise.resolve({ is: 'pending', why: `of ${pids.length} there are ${left.join(', ') || 'none'} left` });
  },
  evidence: () => Promise.resolve(''),
});
