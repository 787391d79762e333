import { closeSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './errors';
import { until, type Condition } from './polling';

const lockToBeFree = (path: string): Condition<() => void> => ({
  name: `the lock ${path} to be free`,
  look: () => {
    try {
      closeSync(openSync(path, 'wx'));
      return Promise.resolve({ is: 'met', value: () => rmSync(path) });
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
      return Promise.resolve({ is: 'pending', why: 'another test holds it' });
    }
  },
  evidence: () => Promise.resolve(''),
});

/** Takes a lock that all test workers of a run see; the answer gives it back. */
export const takeLock = (directory: string, name: string, deadline: number): Promise<() => void> =>
  until(lockToBeFree(join(directory, `${name}.lock`)), deadline);
