import { findLeftovers } from './leftovers';
import { createClient } from '../client/client';
import { namePrefix } from './names';
import { currentRunFacts, type RunFacts } from '../target/run-facts';
import { closeChangesOfRun } from './run-changes';
import { hasTargetEnded } from './target-ended';
import { countAssertions } from './assertion-count';
import { createFileTenant, type FileTenant } from './time/file-tenant';

/** The running test file, and the facts of the run. */
export interface TestFile {
  readonly facts: RunFacts;
  /** Its path. */
  readonly file: string;
  /** Letters of its tests: those of another file with the same number are others. */
  readonly letters: Set<string>;
  /** The tenant of its tests that move the time: created at the first call. */
  tenant(): Promise<FileTenant>;
}

/** The file that this process runs; it runs one after the other. */
let opened: TestFile | null = null;

/**
 * The running test file. Prepares it at the first call: counts assertions, and checks after the
 * last test that none of its objects is left on the target.
 */
export function testFile(): TestFile {
  const { testPath = '' } = expect.getState();
  if (opened?.file !== testPath) opened = openTestFile(testPath);
  return opened;
}

function openTestFile(file: string): TestFile {
  const facts = currentRunFacts();
  const letters = new Set<string>();
  countAssertions();
  let tenant: Promise<FileTenant> | null = null;
  afterAll(closeChangesOfRun);
  afterAll(async () => {
    if (!hasTargetEnded(facts)) await (await tenant)?.remove();
  });
  afterAll(async () => {
    if (hasTargetEnded(facts)) return;
    const client = createClient({ baseUrl: facts.url, token: facts.token });
    const prefixes = [...letters].map((letter) => namePrefix(facts.run, file, letter));
    expect(await findLeftovers(client, prefixes)).toEqual([]);
  });
  return { facts, file, letters, tenant: () => (tenant ??= createFileTenant(facts, file)) };
}
