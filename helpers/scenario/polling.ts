import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaitError, type WaitCode } from '../errors';
import type { ChangeFeed, ChangeFilter } from './change-feed';
import { describeDifference } from './evidence/difference';
import { changesOfRun } from './run-changes';
import { Standstill, type Activity } from './standstill';
import { countdown } from './time/deadline';
import { targetChange, targetChangeBehind, watchOfRun, WATCH_INTERVAL_MS, type TargetWatch } from './target-watch';

/**
 * One check of a condition: it is met, not met yet, or can no longer be met. `changedBy`: the
 * notifications after which the next check may differ; without it, notifications do not show that.
 */
export type CheckResult<T> =
  | { is: 'met'; value: T }
  | { is: 'pending'; why: string; changedBy?: ChangeFilter | undefined }
  | { is: 'impossible'; why: string };

export interface Condition<T> {
  /** Completes "waited for …": `execution 41 to be completed`. */
  readonly name: string;
  check(): CheckResult<T> | Promise<CheckResult<T>>;
  /** What explains a failed wait: execution tree, log tails, timeline. Never throws. */
  evidence?(): string | Promise<string>;
  /** What may still change the result. Without it the wait ends at its deadline only. */
  readonly activity?: (() => Promise<Activity>) | undefined;
}

/**
 * Pauses between checks, ms; the last one repeats. A platform that is named by its address is
 * polled less often than one of this host.
 */
const POLL_INTERVALS_MS =
  (process.env.PLATFORM_URL ?? process.env.ATTUNE_API_URL) ? [100, 250, 500, 1_000] : [25, 50, 100, 150, 250, 350];
/** Until the next check without a notification, in case one was lost, ms. */
const UNNOTIFIED_MS = 1_000;
/** Between two checks, however many notifications there are, ms. */
const NOTIFIED_MS = 25;
/** Between two reads of a value that must not change, ms. */
const STAYS_INTERVAL_MS = 100;
/** A slow host is polled less often: the pause is as long as the check was, up to this, ms. */
const MAX_PAUSE_MS = 1_000;
/** Last seen by a wait whose target did not respond to its check. */
export const NO_RESPONSE = 'the check did not return';
const CHECK_HUNG: CheckResult<never> = { is: 'pending', why: NO_RESPONSE };
const FENCE_TIMEOUT_MS = 10_000;
/** Time for the evidence of a wait that failed, ms: a busy target may answer late. */
export const EVIDENCE_MS = 5_000;
/** Time for the last check, which starts before the deadline and may end after it. */
const LAST_CHECK_MS = 1_000;

/**
 * Checks until the condition is met and returns its value. `deadline` is monotonic ms
 * (`performance.now()`). It checks again after a notification that concerns the condition, where
 * `feed` has one, and at intervals. Throws WaitError WAIT_TIMED_OUT at the deadline,
 * WAIT_STANDS_STILL as soon as nothing is left that could change the result, WAIT_IMPOSSIBLE and
 * TARGET_IDENTITY_CHANGED at once. An error of a check ends the wait.
 */
export async function until<T>(
  condition: Condition<T>,
  deadline: number,
  watch: TargetWatch | null = watchOfRun(),
  feed: ChangeFeed | null = changesOfRun(),
): Promise<T> {
  const standstill = condition.activity === undefined ? null : new Standstill(condition.activity);
  const observed = { name: condition.name, check: () => checkOnce(condition, standstill) };
  const check = watch === null ? observed.check : watchedCheck(observed, watch);
  const changes = feed?.follow();
  const remainingMs = countdown(deadline);
  const failure = async (code: WaitCode, why: string) =>
    new WaitError(code, condition.name, why, await evidenceOf(condition));
  try {
    for (let attempt = 0; ; attempt++) {
      const startedAt = performance.now();
      const areNotified = changes?.restart() ?? false;
      const result = await Promise.race([
        check(),
        sleep(Math.max(remainingMs(), LAST_CHECK_MS), CHECK_HUNG, { ref: false }),
      ]);
      if (result.is === 'met') return result.value;
      if (result.is === 'impossible') throw await failure('WAIT_IMPOSSIBLE', result.why);
      if (result.is === 'still') throw await failure('WAIT_STANDS_STILL', result.why);
      if (remainingMs() === 0) throw await failure('WAIT_TIMED_OUT', `${result.why}${standstill?.pendingText() ?? ''}`);
      const checkMs = Math.min(performance.now() - startedAt, MAX_PAUSE_MS);
      if (result.changedBy) feed?.open();
      if (changes && areNotified && result.changedBy) {
        await sleep(Math.min(remainingMs(), Math.max(NOTIFIED_MS, checkMs)));
        await changes.next(result.changedBy, Math.min(remainingMs(), UNNOTIFIED_MS));
      } else {
        const interval = POLL_INTERVALS_MS[Math.min(attempt, POLL_INTERVALS_MS.length - 1)]!;
        await sleep(Math.min(remainingMs(), Math.max(interval, checkMs)));
      }
    }
  } finally {
    changes?.stop();
  }
}

type WaitResult<T> = CheckResult<T> | { is: 'still'; why: string };

/** A check; of a pending result, whether anything is left that could change it. */
async function checkOnce<T>(condition: Condition<T>, standstill: Standstill | null): Promise<WaitResult<T>> {
  const result = await condition.check();
  if (result.is !== 'pending' || standstill === null) return result;
  const still = await standstill.check();
  return still === null ? result : { is: 'still', why: still };
}

interface Check<T> {
  readonly name: string;
  check(): Promise<T>;
}

/** A check, which throws WaitError as soon as another instance responds. */
function watchedCheck<T>({ name, check }: Check<T>, watch: TargetWatch): () => Promise<T> {
  let lookedAt = performance.now();
  const rejectChange = (change: string | null) => {
    if (change !== null) throw new WaitError('TARGET_IDENTITY_CHANGED', name, change, '');
  };
  return async () => {
    if (performance.now() - lookedAt >= WATCH_INTERVAL_MS) {
      lookedAt = performance.now();
      rejectChange(await targetChange(watch));
    }
    try {
      return await check();
    } catch (error) {
      rejectChange(await targetChangeBehind(error, watch));
      throw error;
    }
  };
}

/**
 * Proves that a value does not change: waits for the fence (something sent later in the same way),
 * then reads the value for another `quietMs`. Throws WaitError ABSENCE_BROKEN at the first other
 * value.
 */
export async function stays<T>(
  read: () => T | Promise<T>,
  expected: T,
  fence: Condition<unknown>,
  quietMs: number,
  deadline = performance.now() + FENCE_TIMEOUT_MS,
): Promise<void> {
  await until(fence, deadline);
  const endsAt = performance.now() + quietMs;
  for (;;) {
    const observed = await read();
    if (!isDeepStrictEqual(observed, expected)) {
      const why = describeDifference(observed, expected);
      throw new WaitError('ABSENCE_BROKEN', `nothing more after ${fence.name}`, why, await evidenceOf(fence));
    }
    if (performance.now() >= endsAt) return;
    await sleep(Math.min(STAYS_INTERVAL_MS, Math.max(0, endsAt - performance.now())));
  }
}

const evidenceOf = async ({ evidence }: Condition<unknown>): Promise<string> =>
  Promise.race([evidence?.() ?? '', sleep(EVIDENCE_MS, `no evidence within ${EVIDENCE_MS / 1_000} s`, { ref: false })]);
