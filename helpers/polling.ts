import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { WaitError, type WaitCode } from './errors';

/** One look at the platform: the condition is met, is not met yet, or can no longer be met. */
export type Verdict<T> = { is: 'met'; value: T } | { is: 'pending'; why: string } | { is: 'impossible'; why: string };

export interface Condition<T> {
  /** Completes "waited for …": `execution 41 to be completed`. */
  readonly name: string;
  look(): Promise<Verdict<T>>;
  /** What a reader needs when the wait fails: execution tree, log tails, timeline. Never throws. */
  evidence(): Promise<string>;
}

/** Pauses between looks, ms; the last repeats. Somebody else's platform is looked at less often than our own. */
const PAUSES_MS =
  (process.env.PLATFORM_URL ?? process.env.ATTUNE_API_URL) ? [100, 250, 500, 1_000] : [25, 50, 100, 150];
const HUNG = { is: 'pending', why: 'the look did not return' } as const;
const FENCE_MS = 10_000;
/** What a look may take though the deadline passes meanwhile: the last one would otherwise never be heard. */
const LAST_LOOK_MS = 1_000;

/**
 * Looks until the condition is met and returns what met it. `deadline` is monotonic ms (`performance.now()`).
 * Throws WaitError WAIT_TIMED_OUT at the deadline, WAIT_IMPOSSIBLE at once. A look that throws is not retried.
 */
export async function until<T>(condition: Condition<T>, deadline: number): Promise<T> {
  const left = () => Math.max(0, deadline - performance.now());
  const failure = async (code: WaitCode, why: string) =>
    new WaitError(code, condition.name, why, await condition.evidence());
  for (let n = 0; ; n++) {
    const verdict = await Promise.race([condition.look(), sleep(Math.max(left(), LAST_LOOK_MS), HUNG, { ref: false })]);
    if (verdict.is === 'met') return verdict.value;
    if (verdict.is === 'impossible') throw await failure('WAIT_IMPOSSIBLE', verdict.why);
    if (left() === 0) throw await failure('WAIT_TIMED_OUT', verdict.why);
    await sleep(Math.min(left(), PAUSES_MS[Math.min(n, PAUSES_MS.length - 1)]!));
  }
}

/**
 * Proves that something stays as it is: waits for the fence, which was sent the same way and later, then looks for
 * `quietMs` more. Throws WaitError ABSENCE_BROKEN at the first look that differs.
 */
export async function stays<T>(
  look: () => T | Promise<T>,
  expected: T,
  fence: Condition<unknown>,
  quietMs: number,
  deadline = performance.now() + FENCE_MS,
): Promise<void> {
  await until(fence, deadline);
  const end = performance.now() + quietMs;
  for (;;) {
    const seen = await look();
    if (!isDeepStrictEqual(seen, expected)) {
      const why = `${JSON.stringify(seen)} instead of ${JSON.stringify(expected)}`;
      throw new WaitError('ABSENCE_BROKEN', `nothing more after ${fence.name}`, why, await fence.evidence());
    }
    if (performance.now() >= end) return;
    await sleep(Math.min(PAUSES_MS[0]!, Math.max(0, end - performance.now())));
  }
}
