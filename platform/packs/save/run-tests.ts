import { setTimeout as pause } from 'node:timers/promises';
import type { PackTestResult, TestSuite } from '../../../contract/pack-tests';
import { packResult } from '../../core/packs/pack-result';
import { testEnvironmentsDirectory } from '../../base/directories';
import { DomainError } from '../../base/domain-error';
import { readClock, type Database } from '../../store/database/connection';
import { awaitPackTest, removePackTest, requestPackTest, type TestedFiles } from '../../store/packs/pack-test-requests';
import { removeTree } from '../../files/remove-tree';

const POLL_MS = 200;
/** How long a request may wait for a worker, ms. */
const PICK_UP_MS = 30_000;

/** What runs tests needs of the platform. */
export interface TestPlatform {
  readonly db: Database;
  /** The platform's directory. */
  readonly directory: string;
  readonly drain: { readonly isDraining: boolean };
  /** Default: 30 s. */
  readonly packTestPickUpMs?: number;
}

interface TestRequest {
  readonly tenant: number;
  readonly version: string;
  readonly files: TestedFiles;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
}

/**
 * Has a worker run the suites of a pack, and waits for the result. The request is removed in any
 * case. Throws DomainError: PACK_TESTS_UNAVAILABLE, DRAINING, the reason of the signal.
 */
export async function runTests(platform: TestPlatform, request: TestRequest): Promise<PackTestResult> {
  const { db, directory } = platform;
  const { tenant, files, version, signal } = request;
  signal.throwIfAborted();
  const startedAt = performance.now();
  const { id, executionTime } = await db.inTenant(tenant, async (transaction) => ({
    id: await requestPackTest(transaction, files),
    executionTime: await readClock(transaction),
  }));
  try {
    const suites = await waitForSuites(platform, request, id);
    const durationMs = Math.round(performance.now() - startedAt);
    return packResult({ ref: files.packRef, version }, suites, { executionTime, durationMs });
  } finally {
    await db.inTenant(tenant, (transaction) => removePackTest(transaction, id));
    if (!files.isInstalled) await removeTree(testEnvironmentsDirectory({ directory }, { tenant, id }));
  }
}

/** A worker that is lost is replaced, and the number of them is limited: the wait has an end. */
async function waitForSuites(
  { db, drain, packTestPickUpMs: pickUpMs = PICK_UP_MS }: TestPlatform,
  { tenant, signal }: TestRequest,
  id: number,
): Promise<readonly TestSuite[]> {
  const pickUpBy = performance.now() + pickUpMs;
  for (;;) {
    const state = await db.statementInTenant(tenant, (transaction) => awaitPackTest(transaction, id));
    if (state === null) throw unavailable('the request was removed');
    if (state.is === 'done') return state.suites;
    if (state.is === 'failed') throw unavailable(state.error);
    if (state.is === 'waiting' && performance.now() > pickUpBy)
      throw unavailable(`no worker took them within ${pickUpMs / 1_000} s`);
    if (drain.isDraining) throw new DomainError('DRAINING', 'The platform stops: the tests of the pack were stopped');
    await pause(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

const unavailable = (why: string) =>
  new DomainError('PACK_TESTS_UNAVAILABLE', `The tests of the pack were not run: ${why}`);
