import { leftovers } from './audit';
import { carryOut, throwAll, type Body } from './carry-out';
import { createClient } from './client/client';
import { openContext } from './context';
import { prefixOf } from './names';
import { currentRun } from './run';
import { removeSharedPacks } from './shared-pack';
import { countAssertions } from './tally';

/** What is kept back of Jest's limit for cleanup and evidence, ms. */
const RESERVE_MS = 2_000;
const SECONDS = 30;

const facts = currentRun();
const file = expect.getState().testPath ?? '';
countAssertions();

afterAll(async () => {
  const client = createClient({ baseUrl: facts.url, token: facts.token });
  await removeSharedPacks(client);
  expect(await leftovers(client, prefixOf(facts.run, file))).toEqual([]);
});

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
