import { carryOut, throwAll, type Body } from './carry-out';
import { openContext } from './context';
import { openTestFile, RESERVE_MS } from './test-file';

const SECONDS = 30;

const { facts, file } = openTestFile();

/**
 * A test of the whole system, in a file of `tests/e2e/systems`: as a claim, with the same context, cleanup and evidence, but
 * of no tier, and so without an id and a line in the census. `seconds`: its limit on a host that is idle.
 */
export function trial(title: string, body: Body, seconds: number = SECONDS): void {
  const limit = seconds * 1_000 * facts.loadFactor;
  const prove = async (): Promise<void> => {
    const open = openContext(facts, file, 't', performance.now() + limit - RESERVE_MS);
    throwAll((await carryOut(open, body)).errors);
  };
  test(title, prove, limit);
}

/** `trial` where the target has what the tests need, else skips them. */
export const trialIf = (has: boolean): typeof trial => (has ? trial : (title) => test.skip(title, () => undefined));
