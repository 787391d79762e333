import { setTimeout as pause } from 'node:timers/promises';
import { handleCrashes, runForExecution } from '../../../platform/worker/crash';
import { createWorkerLog } from '../../../platform/worker/worker-log';

const IDLE_EXECUTION = 40;
const EXECUTION = 41;
const SECRET = 's3cret-41\n    at s3cret-41 (/s3cret-41:1:1)';

/** How an error reaches the event loop. */
const CRASHES: Readonly<Record<string, () => void>> = {
  timer: () => {
    setImmediate(() => {
      throw new TypeError(SECRET);
    });
  },
  promise: () => {
    void pause(1).then(() => {
      throw new TypeError(SECRET);
    });
  },
};

/** Runs two executions, of which one crashes in the way of the argument; prints the end. */
function holdExecutions([crash = '']: string[]): void {
  const stop = new AbortController();
  handleCrashes(createWorkerLog('w1'), () => stop.abort());
  runForExecution(IDLE_EXECUTION, () => {
    const busy = setInterval(() => undefined, 1);
    stop.signal.addEventListener('abort', () => clearInterval(busy));
  });
  runForExecution(EXECUTION, () => CRASHES[crash]!());
  stop.signal.addEventListener('abort', () => void pause(20).then(() => process.stdout.write('stopped in order\n')));
}

holdExecutions(process.argv.slice(2));
