import { hostNow } from '../../clock';
import { capturedText } from '../process/capture';
import type { ProcessExit } from '../process/run-process';
import { watchForStop } from '../process/stop-request';
import type { Redactor } from '../redaction/redactor';
import type { BuiltInPlan } from '../runtimes/runtime';

/** Runs an action inside the worker, with the limit, stop signal and exit report of a process. */
export async function runBuiltIn(
  plan: BuiltInPlan,
  limitMs: number,
  stop: AbortSignal,
  redactor: Redactor,
): Promise<ProcessExit> {
  const startedAt = hostNow();
  const controller = new AbortController();
  let cause: ProcessExit['cause'] = 'exited';
  const stopWatching = watchForStop({ limitMs, stop }, (stopCause) => {
    cause = stopCause;
    controller.abort();
  });
  try {
    const { exitCode, stdout, stderr } = await plan.run(controller.signal);
    const output = {
      stdout: capturedText(redactor.redactText(stdout)),
      stderr: capturedText(redactor.redactText(stderr)),
    };
    return { ...exitDefaults(startedAt), cause: 'exited', exitCode, ...output };
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    return { ...exitDefaults(startedAt), cause };
  } finally {
    stopWatching();
  }
}

const exitDefaults = (startedAt: number): Omit<ProcessExit, 'cause'> => ({
  exitCode: null,
  signal: null,
  signalSent: null,
  startedAt,
  finishedAt: hostNow(),
  stdout: capturedText(''),
  stderr: capturedText(''),
  startFailure: null,
  leakedPids: [],
  reachedLimits: [],
});
