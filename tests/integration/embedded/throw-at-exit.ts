import { existsSync, rmSync } from 'node:fs';

/**
 * Preloaded into a platform: while the file CRASH_FILE exists, the listener for the end of a
 * program throws in the worker, once.
 */
const file = process.env.CRASH_FILE ?? '';
const { clearTimeout: originalClearTimeout } = globalThis;

globalThis.clearTimeout = (timer) => {
  originalClearTimeout(timer);
  if (process.argv.at(-1) !== 'worker-process' || !existsSync(file) || !new Error().stack!.includes('onExit')) return;
  rmSync(file);
  throw new RangeError('s3cret-of-the-test');
};
