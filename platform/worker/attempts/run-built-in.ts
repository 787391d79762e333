import { livenessNow } from '../../base/clock';
import { capturedText } from '../../outcomes/captured-output';
import { exitWithoutProcess, type ProcessExit } from '../../outcomes/program-exit';
import { watchForStop } from '../process/stop-request';
import type { Redactor } from '../../redaction/redactor';
import type { BuiltInPlan } from '../runtimes/runtime';

/** Runs an action inside the worker, with the limit, stop signal and exit report of a process. */
export async function runBuiltIn(
  plan: BuiltInPlan,
  limitMs: number,
  stop: AbortSignal,
  redactor: Redactor,
): Promise<ProcessExit> {
  const startedAt = livenessNow();
  const controller = new AbortController();
  let cause: ProcessExit['cause'] = 'exited';
  const stopWatching = watchForStop({ limitMs, stop }, (stopCause) => {
    cause = stopCause;
    controller.abort();
  });
  try {
    const { exitCode, stdout, stderr } = await plan.run(controller.signal);
    return endedNow({
      cause: 'exited',
      startedAt,
      exitCode,
      stdout: capturedText(redactor.redactText(stdout)),
      stderr: capturedText(redactor.redactText(stderr)),
    });
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    return endedNow({ cause, startedAt });
  } finally {
    stopWatching();
  }
}

const endedNow = (exit: Pick<ProcessExit, 'cause' | 'startedAt'> & Partial<ProcessExit>): ProcessExit =>
  exitWithoutProcess({ ...exit, finishedAt: livenessNow() });
