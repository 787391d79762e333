import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { CombinedError, messageOf } from '../errors';
import { missingCapabilities } from '../target/capabilities';
import { knownDefect, type RunFacts } from '../target/run-facts';
import { isSelected } from '../target/run-switches';
import { hasTargetEnded, hasTargetEndedAfter, TargetEndedError } from './target-ended';
import { openContext } from './context';
import { startDeadline } from './time/deadline';
import { writeFailure } from './failure-records';
import { acquireExclusiveLock, acquireLock, acquireSharedLock } from './file-lock';
import { runTestBody, throwErrors, type TestBody } from './run-test-body';
import { testFile, type TestFile } from './test-file';
import { resultOf, writeRecord, type TestRecord, type TIMES } from './test-records';

/**
 * A test whose result the reporter counts: passed, failed, environment, known red, not proven or
 * not selected.
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
  /** How long it may take beside the times that it plans, ms. */
  readonly limitMs: number;
  readonly body: TestBody;
  /** For a test about time: whether it moves the clock of its file's tenant, or waits. */
  readonly time?: (typeof TIMES)[number];
  /** It mostly waits, so it also runs beside a rendezvous on a target with few slots. */
  readonly isMostlyWaiting?: boolean;
}

type RegisterTest = (title: string, run: () => Promise<void>, limitMs: number) => void;

/** Tests that need many slots at once. */
const RENDEZVOUS_CAPABILITY = 'workers.slots';
/** Jest's limit: for a test whose cleanup never ends. Its deadline ends it before. */
const JEST_LIMIT_MS = 600_000;
/** Until the tests before it have released the lock. The time of a claim starts after it, ms. */
const LOCK_WAIT_MS = 240_000;

/** Acquires a lock until a monotonic deadline; returns the function that releases it. */
type Acquire = (directory: string, name: string, deadline: number) => Promise<() => void>;

const NOT_RUN = { seconds: 0, latencyMs: 0, jitterMs: 0 };

/**
 * Registers a test with Jest: as skipped on a target that lacks one of its needs, which is not
 * proven, and in a mode that does not select it.
 */
export function registerRecorded(register: RegisterTest, recorded: RecordedTest): void {
  const { jestTitle } = recorded;
  const opened = testFile();
  const { facts } = opened;
  opened.letters.add(recorded.letter);
  if (!isSelected(facts.switches, recorded.needs)) return skip(facts, recorded, 'not selected', []);
  const missing = missingNeeds(facts, recorded);
  if (missing === null) return;
  if (missing.length > 0) return skip(facts, recorded, 'not proven', missing);
  const title = knownDefect(facts, recorded.id) ? `${jestTitle} (declared as known red)` : jestTitle;
  const acquire = lockOf(facts, recorded);
  const run = () => runRecorded(opened, recorded);
  const runOnTarget = async () => {
    if (hasTargetEnded(facts)) throw new TargetEndedError('before');
    await (acquire ? withLock(acquire, facts.directory, run) : run());
  };
  register(title, runOnTarget, JEST_LIMIT_MS);
}

function skip(facts: RunFacts, recorded: RecordedTest, reason: 'not proven' | 'not selected', missing: string[]): void {
  record(facts, recorded, { class: reason, ...NOT_RUN, missing });
  test.skip(recorded.jestTitle, () => {});
}

/** Null: a need was not probed, because `-t` excludes the test; if that runs, it fails. */
function missingNeeds(facts: RunFacts, { needs, jestTitle }: RecordedTest): string[] | null {
  try {
    return missingCapabilities(needs, facts);
  } catch (error) {
    test(jestTitle, () => {
      throw error;
    });
    return null;
  }
}

function lockOf(facts: RunFacts, { needs, isMostlyWaiting = false }: RecordedTest): Acquire | null {
  const isRendezvous = needs.includes(RENDEZVOUS_CAPABILITY);
  if (facts.rendezvous === 'together') return null;
  if (facts.rendezvous === 'one at a time') return isRendezvous ? acquireLock : null;
  if (isRendezvous) return acquireExclusiveLock;
  return isMostlyWaiting ? null : acquireSharedLock;
}

async function withLock(acquire: Acquire, directory: string, run: () => Promise<void>): Promise<void> {
  const release = await acquire(directory, RENDEZVOUS_CAPABILITY, performance.now() + LOCK_WAIT_MS);
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
async function runRecorded({ facts, file, tenant }: TestFile, recorded: RecordedTest): Promise<void> {
  const ownTenant = recorded.time === 'virtual time' ? await tenant() : null;
  const from = Date.now();
  const opened = openContext(facts, file, recorded.letter, startDeadline(recorded.limitMs), ownTenant);
  const { seconds, isInconclusive, errors, failure } = await runTestBody(opened, recorded.body);
  if (await hasTargetEndedAfter(errors, facts)) throw new CombinedError([new TargetEndedError('during'), ...errors]);
  if (failure) writeFailure(facts.records, { id: recorded.id, from }, failure);
  const measured = {
    seconds,
    latencyMs: facts.latency.runMs,
    jitterMs: opened.jitter.worstMs(),
    missing: [...opened.unmetNeeds],
    from,
    to: Date.now(),
    process: process.pid,
    requests: opened.requests(),
  };
  const isDeclared = knownDefect(facts, recorded.id) !== undefined;
  const result = resultOf({ hasFailed: errors.length > 0, isInconclusive, isDeclared });
  if (result === 'known red') {
    const error = stripVTControlCharacters(errors.map(messageOf).join('\n\n'));
    return record(facts, recorded, { class: result, ...measured, error });
  }
  record(facts, recorded, { class: result, ...measured });
  throwErrors(errors);
}

function record(
  facts: RunFacts,
  { id, title, budget, time }: RecordedTest,
  result: Omit<TestRecord, 'id' | 'title' | 'budget' | 'time'>,
): void {
  if (existsSync(facts.records)) writeRecord(facts.records, { id, title, budget, ...(time && { time }), ...result });
}
