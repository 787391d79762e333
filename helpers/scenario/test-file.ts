import { findLeftovers } from './leftovers';
import { createClient } from '../client/client';
import { namePrefix } from './names';
import { currentRunFacts, type RunFacts } from '../target/run-facts';
import { hasTargetEnded } from './target-ended';
import { countAssertions } from './assertion-count';

/**
 * Prepares the running test file: counts assertions, and checks after the last test that none of
 * its objects is left on the target.
 */
export function openTestFile(): { readonly facts: RunFacts; readonly file: string } {
  const facts = currentRunFacts();
  const file = expect.getState().testPath ?? '';
  countAssertions();
  afterAll(async () => {
    if (hasTargetEnded(facts)) return;
    const client = createClient({ baseUrl: facts.url, token: facts.token });
    expect(await findLeftovers(client, namePrefix(facts.run, file))).toEqual([]);
  });
  return { facts, file };
}
