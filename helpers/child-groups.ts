import type { ChildProcess } from 'node:child_process';
import { errnoCode } from './errors';
import { killMembers, type RunMark } from './run-mark';

/** Time between the signal and SIGKILL: a run of the suite removes what it has made on others. */
const KILL_AFTER_MS = 30_000;

/** Leaders of the process groups that run and end with this process, with the marks of runs. */
const leaders = new Map<number, RunMark | undefined>();

interface GroupEnd {
  readonly signal?: NodeJS.Signals;
  /** Of the run of tests that the child is: its members are killed with what is left. */
  readonly mark?: RunMark;
}

/**
 * Ends the group of a detached child when `stop` aborts: by the signal, and by SIGKILL what is
 * left of it when the child has ended, or does not end. A terminal sends Ctrl-C to no such group.
 */
export function endGroupOnAbort(
  child: ChildProcess,
  stop: AbortSignal,
  { signal = 'SIGINT', mark }: GroupEnd = {},
): void {
  const { pid } = child;
  if (pid === undefined) return; // the child could not be started, and reports why
  const ended = new AbortController();
  leaders.set(pid, mark);
  const abort = (): void => {
    signalGroup(pid, signal);
    const timer = setTimeout(() => signalGroup(pid, 'SIGKILL'), KILL_AFTER_MS);
    ended.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  };
  child.once('exit', () => {
    ended.abort();
    leaders.delete(pid);
    if (stop.aborted) killRest(pid, mark);
  });
  if (stop.aborted) abort();
  else stop.addEventListener('abort', abort, { once: true, signal: ended.signal });
}

/** Kills all these groups at once. */
export function killChildGroups(): void {
  for (const [pid, mark] of leaders) killRest(pid, mark);
}

function killRest(pid: number, mark: RunMark | undefined): void {
  signalGroup(pid, 'SIGKILL');
  if (mark) killMembers(mark);
}

/** No process of the group may be left. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (errnoCode(error) !== 'ESRCH') throw error;
  }
}
