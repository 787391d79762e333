import { hostNow } from '../clock';
import { captured } from './capture';
import type { Ended } from './process';
import type { Redactor } from './redact';
import type { BuiltInPlan } from './runtimes/runtime';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Performs an action inside the worker under the same limit and stop signal as a process, and tells its end likewise. */
export async function runBuiltIn(
  plan: BuiltInPlan,
  limitMs: number,
  stop: AbortSignal,
  redactor: Redactor,
): Promise<Ended> {
  const startedAt = hostNow();
  const end = new AbortController();
  let cause: Ended['cause'] = 'exited';
  const endFor = (why: 'timeout' | 'cancelled') => {
    if (end.signal.aborted) return;
    cause = why;
    end.abort();
  };
  const cancel = () => endFor('cancelled');
  const limit = setTimeout(endFor, Math.min(limitMs + 1, LONGEST_TIMER_MS), 'timeout');
  stop.addEventListener('abort', cancel, { once: true });
  if (stop.aborted) cancel();
  try {
    const { exitCode, stdout, stderr } = await plan.perform(end.signal);
    const said = { stdout: captured(redactor.text(stdout)), stderr: captured(redactor.text(stderr)) };
    return { ...ending(startedAt), cause: 'exited', exitCode, ...said };
  } catch (error) {
    if (!end.signal.aborted) throw error;
    return { ...ending(startedAt), cause };
  } finally {
    clearTimeout(limit);
    stop.removeEventListener('abort', cancel);
  }
}

const ending = (startedAt: number): Omit<Ended, 'cause'> => ({
  exitCode: null,
  signal: null,
  sent: null,
  startedAt,
  finishedAt: hostNow(),
  stdout: captured(''),
  stderr: captured(''),
  problem: null,
  leaked: [],
});
