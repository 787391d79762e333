import type { Execution } from '../../../contract/executions';
import { hasVariables, hostPids, readOrEmpty } from '../processes';
import { parseSchedulerStatistics } from '../time/processor-wait';

/** Fields of `proc_pid_stat(5)` after the program's name, from the state on. */
const STAT_FIELDS = { state: 0, majorFaults: 9 } as const;

/**
 * The processes of an execution that run on this host, a line each: their state, their processor
 * time, and how often they waited for the disk. Linux only.
 */
export function describeProcesses({ id, action_ref }: Pick<Execution, 'id' | 'action_ref'>): string[] {
  if (process.platform !== 'linux') return [];
  const variables = [`ATTUNE_EXEC_ID=${id}`, `ATTUNE_ACTION=${action_ref}`];
  const pids = hostPids().filter((pid) => hasVariables(pid, variables));
  return pids.length === 0 ? ['no process of it on this host'] : pids.map(describeProcess);
}

function describeProcess(pid: number): string {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const { ranMs, waitedMs } = parseSchedulerStatistics(readOrEmpty(`/proc/${pid}/schedstat`));
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const waitsIn = readOrEmpty(`/proc/${pid}/wchan`);
  return [
    `process ${pid}: state ${fields[STAT_FIELDS.state] ?? 'unknown'}`,
    ...(['', '0'].includes(waitsIn) ? [] : [`waits in ${waitsIn}`]),
    `ran for ${seconds(ranMs)}`,
    `waited ${seconds(waitedMs)} for a processor`,
    `waited for the disk ${fields[STAT_FIELDS.majorFaults] ?? 0} times`,
  ].join(', ');
}
