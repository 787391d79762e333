import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errnoCode } from '../errors';
import { randomName } from './names';
import { until, type Condition } from './polling';

const lockToBeAcquired = (path: string): Condition<() => void> => ({
  name: `the lock ${path} to be released`,
  check: () => {
    try {
      closeSync(openSync(path, 'wx'));
      return { is: 'met', value: () => rmSync(path) };
    } catch (error) {
      if (errnoCode(error) !== 'EEXIST') throw error;
      return { is: 'pending', why: 'another test has it' };
    }
  },
});

/** Acquires a lock shared by all test workers of a run. Returns the function that releases it. */
export const acquireLock = (directory: string, name: string, deadline: number): Promise<() => void> =>
  until(lockToBeAcquired(join(directory, `${name}.lock`)), deadline);

/**
 * Directory with one file for each test that shares the lock. Throws where the directory of the
 * run is absent: an interrupted run has removed it.
 */
function holdersDirectory(directory: string, name: string): string {
  const path = join(directory, `${name}.shared`);
  try {
    mkdirSync(path);
  } catch (error) {
    if (errnoCode(error) !== 'EEXIST') throw error;
  }
  return path;
}

/**
 * Acquires a lock of a run that any number of tests share, unless one has it or waits for it
 * exclusively. Returns the function that releases it.
 */
export const acquireSharedLock = (directory: string, name: string, deadline: number): Promise<() => void> =>
  until(lockToBeShared(join(directory, `${name}.lock`), holdersDirectory(directory, name)), deadline);

const lockToBeShared = (exclusiveLock: string, holders: string): Condition<() => void> => ({
  name: `the exclusive lock ${exclusiveLock} to be released`,
  check: () => {
    const pending = { is: 'pending', why: 'another test has it' } as const;
    if (existsSync(exclusiveLock)) return pending;
    const holder = join(holders, randomName(12));
    writeFileSync(holder, '');
    if (!existsSync(exclusiveLock)) return { is: 'met', value: () => rmSync(holder) };
    rmSync(holder); // the other test checks the holders after it has created its lock
    return pending;
  },
});

/**
 * Acquires the lock alone: no test starts to share it, and those that share it have ended. Returns
 * the function that releases it.
 */
export async function acquireExclusiveLock(directory: string, name: string, deadline: number): Promise<() => void> {
  const release = await acquireLock(directory, name, deadline);
  try {
    await until(holdersToEnd(holdersDirectory(directory, name)), deadline);
    return release;
  } catch (error) {
    release();
    throw error;
  }
}

const holdersToEnd = (holders: string): Condition<true> => ({
  name: `the tests in ${holders} to end`,
  check: () => {
    const { length } = readdirSync(holders);
    return length === 0 ? { is: 'met', value: true } : { is: 'pending', why: `tests that run: ${length}` };
  },
});
