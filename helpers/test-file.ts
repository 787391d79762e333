import { leftovers } from './audit';
import { createClient } from './client/client';
import { prefixOf } from './names';
import { currentRun, type RunFacts } from './run';
import { removeSharedPacks } from './shared-pack';
import { countAssertions } from './tally';

/** What is kept back of Jest's limit for cleanup and evidence, ms. */
export const RESERVE_MS = 2_000;

/** The file that Jest runs: counts its assertions, and after its last test nothing of it may be left on the target. */
export function openTestFile(): { readonly facts: RunFacts; readonly file: string } {
  const facts = currentRun();
  const file = expect.getState().testPath ?? '';
  countAssertions();
  afterAll(async () => {
    const client = createClient({ baseUrl: facts.url, token: facts.token });
    await removeSharedPacks(client);
    expect(await leftovers(client, prefixOf(facts.run, file))).toEqual([]);
  });
  return { facts, file };
}
