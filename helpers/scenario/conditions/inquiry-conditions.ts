import type { Execution, ExecutionSummary } from '../../../contract/executions';
import type { Inquiry, InquiryFilter, InquiryStatus, InquirySummary } from '../../../contract/inquiries';
import { isTerminal } from '../../../contract/status';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';
import { exactlyNRows } from './exactly-n-rows';
import { executionTree } from '../evidence/executions';
import { treeActivity } from '../evidence/tree-activity';
import { taskName } from '../resources/child-executions';
import type { Ledger } from '../ledger';
import type { CheckResult, Condition } from '../polling';
import { findRunning } from '../processes';
import { changesFor } from '../run-changes';
import { inquiryToAppear, isAbout, rowsToAppear, taskToStart } from '../change-filters';

type ExecutionState = Pick<Execution | ExecutionSummary, 'id' | 'status'>;

/** Whether the execution is suspended until this inquiry is answered. */
export const isBlockedOnInquiry = (
  execution: ExecutionState,
  inquiry: Pick<Inquiry, 'execution' | 'status'>,
): boolean => execution.status === 'running' && inquiry.execution === execution.id && inquiry.status === 'pending';

/** Whether the execution ended because its inquiry expired. */
export const isTimedOutByInquiry = ({ status, workflow_task }: Pick<Execution, 'status' | 'workflow_task'>): boolean =>
  status === 'timeout' && workflow_task?.timed_out === true;

/**
 * A task of the workflow has created an inquiry. The value is that inquiry, in whatever status it
 * is by now.
 */
export const taskToCreateInquiry = (task: string, client: Client, root: number): Condition<Inquiry> => ({
  name: `task ${task} of execution ${root} to create an inquiry`,
  check: async () => {
    const children = await client.executions.children(root);
    const inquiryExecution = children.filter((child) => taskName(child) === task).at(-1);
    if (inquiryExecution) return checkInquiry(client, inquiryExecution);
    const { status } = await client.executions.get(root);
    if (isTerminal(status)) return { is: 'impossible', why: `execution ${root} ended ${status}` };
    const changedBy = changesFor(client, taskToStart(task, root));
    return { is: 'pending', why: 'the task has not started', changedBy };
  },
  evidence: () => executionTree(client, root),
  activity: () => treeActivity(client, root),
});

async function checkInquiry(client: Client, execution: ExecutionSummary): Promise<CheckResult<Inquiry>> {
  const [summary] = await client.inquiries.ofExecution(execution.id);
  if (summary) return { is: 'met', value: await client.inquiries.get(summary.id) };
  if (isTerminal(execution.status))
    return { is: 'impossible', why: `execution ${execution.id} ended ${execution.status} without an inquiry` };
  const why = `execution ${execution.id} is ${execution.status} without an inquiry`;
  return { is: 'pending', why, changedBy: changesFor(client, inquiryToAppear(execution.id)) };
}

/** The inquiry has this status. Impossible once it has another final one. */
export const inquiryToBe = (goal: InquiryStatus, client: Client, id: number): Condition<Inquiry> => ({
  name: `inquiry ${id} to be ${goal}`,
  check: async () => {
    const inquiry = await client.inquiries.get(id);
    if (inquiry.status === goal) return { is: 'met', value: inquiry };
    if (inquiry.status !== 'pending') return { is: 'impossible', why: `it is ${inquiry.status}` };
    return {
      is: 'pending',
      why: inquiry.status,
      changedBy: isNotified(goal) ? changesFor(client, isAbout('inquiry', id)) : undefined,
    };
  },
  evidence: async () => executionTree(client, (await client.inquiries.get(id)).execution),
  activity: async () => treeActivity(client, (await client.inquiries.get(id)).execution),
});

/** Not notified: an inquiry that is cancelled. */
const isNotified = (goal: InquiryStatus): boolean => goal === 'responded' || goal === 'timeout';

/** Exactly `n` inquiries, oldest first. Impossible with more. */
export const inquiriesToBe = (n: number, client: Client, filter: InquiryFilter): Condition<InquirySummary[]> =>
  exactlyNRows(`${n} inquiries of ${writeJson(filter)}`, n, () => client.inquiries.list(filter), {
    changedBy: (missing) => changesFor(client, rowsToAppear(missing, 'inquiry', filter)),
  });

/**
 * Every process that started under the key has exited, read from this host. The value is their
 * pids.
 */
export const processesToExit = (ledger: Ledger, key: string): Condition<number[]> => ({
  name: `the processes under ${key} to exit`,
  check: () => {
    const started = ledger.entries(key, 'start');
    const pids = started.map(({ pid }) => pid);
    const running = findRunning(started).map(({ pid }) => pid);
    if (pids.length > 0 && running.length === 0) return { is: 'met', value: pids };
    return Promise.resolve({
      is: 'pending',
      why: `${running.length} of ${pids.length} still run: ${running.join(', ')}`,
    });
  },
});
