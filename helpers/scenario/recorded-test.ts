import { stripVTControlCharacters } from 'node:util';
import { messageOf } from '../errors';
import { missingCapabilities } from '../target/capabilities';
import { knownDefect } from '../target/run-facts';
import { openContext } from './context';
import { acquireExclusiveLock, acquireLock, acquireSharedLock } from './file-lock';
import { runTestBody, throwErrors, type TestBody } from './run-test-body';
import { CLEANUP_RESERVE_MS, openTestFile } from './test-file';
import { writeRecord, type TestRecord } from './test-records';

/**
 * A test whose result the reporter counts: passed, failed, environment, known red or not proven.
 */
export interface RecordedTest {
  /** Id in the records and in the declarations of a target. */
  readonly id: string;
  readonly title: string;
  /** Title in Jest. */
  readonly jestTitle: string;
  /** One letter in the names that the test creates. */
  readonly letter: string;
  /** Capabilities of the target. Without one of them the test is not proven. */
  readonly needs: readonly string[];
  /** Expected duration on an idle host, seconds. */
  readonly budget: number;
  /** Jest's limit without the wait for a lock, ms. Waits end 2 s before it. */
  readonly limitMs: number;
  readonly body: TestBody;
  /** It mostly waits, so it also runs beside a rendezvous on a target with few slots. */
  readonly isMostlyWaiting?: boolean;
}

type RegisterTest = (title: string, run: () => Promise<void>, limitMs: number) => void;

/** Tests that need many slots at once: only one of them runs at a time. */
const RENDEZVOUS_CAPABILITY = 'workers.slots';
const LOCK_WAIT_MS = 20_000;
/** Until every other test has ended, or until a rendezvous and those before it have, ms. */
const EXCLUSIVE_WAIT_MS = 60_000;

/** Acquires a lock until a monotonic deadline; returns the function that releases it. */
type Acquire = (directory: string, name: string, deadline: number) => Promise<() => void>;

interface Lock {
  readonly acquire: Acquire;
  readonly waitMs: number;
}

const NOT_RUN = { seconds: 0, latencyMs: 0, jitterMs: 0 };

/** The running test file, and the facts of the run. */
export const { facts, file } = openTestFile();

/**
 * Registers a test with Jest; on a target that lacks one of its needs, as skipped and not proven.
 */
export function registerRecorded(register: RegisterTest, recorded: RecordedTest): void {
  const { jestTitle, limitMs } = recorded;
  const missing = missingNeeds(recorded);
  if (missing === null) return;
  if (missing.length > 0) {
    record(recorded, { class: 'not proven', ...NOT_RUN, missing });
    test.skip(jestTitle, () => {});
    return;
  }
  const title = knownDefect(facts, recorded.id) ? `${jestTitle} (declared as known red)` : jestTitle;
  const lock = lockOf(recorded);
  const run = () => runRecorded(recorded);
  if (lock) register(title, () => withLock(lock, run), limitMs + lock.waitMs);
  else register(title, run, limitMs);
}

/** Null: a need was not probed, because `-t` excludes the test; if that runs, it fails. */
function missingNeeds({ needs, jestTitle }: RecordedTest): string[] | null {
  try {
    return missingCapabilities(needs, facts);
  } catch (error) {
    test(jestTitle, () => {
      throw error;
    });
    return null;
  }
}

function lockOf({ needs, isMostlyWaiting = false }: RecordedTest): Lock | null {
  const isRendezvous = needs.includes(RENDEZVOUS_CAPABILITY);
  if (!facts.exclusiveRendezvous) return isRendezvous ? { acquire: acquireLock, waitMs: LOCK_WAIT_MS } : null;
  if (isRendezvous) return { acquire: acquireExclusiveLock, waitMs: EXCLUSIVE_WAIT_MS };
  return isMostlyWaiting ? null : { acquire: acquireSharedLock, waitMs: EXCLUSIVE_WAIT_MS };
}

async function withLock({ acquire, waitMs }: Lock, run: () => Promise<void>): Promise<void> {
  const release = await acquire(facts.directory, RENDEZVOUS_CAPABILITY, performance.now() + waitMs);
  try {
    await run();
  } finally {
    release();
  }
}

/**
 * Runs the body and the cleanup, writes the record, and throws every error with its evidence. The
 * errors of a known defect are recorded instead, and the reporter prints them.
 */
async function runRecorded(recorded: RecordedTest): Promise<void> {
  const deadline = performance.now() + recorded.limitMs - CLEANUP_RESERVE_MS;
  const opened = openContext(facts, file, recorded.letter, deadline);
  const { seconds, isInconclusive, errors } = await runTestBody(opened, recorded.body);
  const measured = {
    ...{ seconds, latencyMs: facts.latency.runMs, jitterMs: opened.jitter.worstMs() },
    missing: [...opened.unmetNeeds],
  };
  if (errors.length > 0 && knownDefect(facts, recorded.id)) {
    record(recorded, {
      class: 'known red',
      ...measured,
      error: stripVTControlCharacters(errors.map(messageOf).join('\n\n')),
    });
    return;
  }
  record(recorded, { class: errors.length === 0 ? 'passed' : isInconclusive ? 'environment' : 'failed', ...measured });
  throwErrors(errors);
}

const record = ({ id, title, budget }: RecordedTest, result: Omit<TestRecord, 'id' | 'title' | 'budget'>): void =>
  writeRecord(facts.directory, { id, title, budget, ...result });
