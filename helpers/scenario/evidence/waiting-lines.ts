import { isTerminal } from '../../../contract/status';
import type { Waiting, WaitingReason } from '../../../contract/waiting';

/** Why an execution waits, one line for each reason, below the one that leads to it. */
export function waitingLines({ execution, status, since, reasons, left_out }: Waiting): string[] {
  const first = `execution ${execution} is ${status}; its tree changed last at ${since}`;
  if (isTerminal(status)) return [`execution ${execution} has ended: ${status}`];
  const depths = new Map<number, number>([[execution, 1]]);
  const lines = reasons.map((reason) => {
    const depth = depths.get(reason.execution) ?? 1;
    for (const id of awaited(reason)) if (!depths.has(id)) depths.set(id, depth + 1);
    return `${'  '.repeat(depth)}${reason.text}`;
  });
  return [first, ...lines, ...(left_out > 0 ? [`  and ${left_out} other reasons`] : [])];
}

const awaited = (reason: WaitingReason): readonly number[] => {
  if (reason.kind === 'child') return reason.executions;
  return reason.kind === 'task_concurrency' ? reason.holders : [];
};
