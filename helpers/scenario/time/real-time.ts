import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { EnvironmentError } from '../../errors';
import { formatInstant, parseInstant } from '../../instant';
import type { RunFacts } from '../../target/run-facts';
import { platformClock } from '../resources/platform-clock';
import { expectEach, type DecidedRow } from '../decided-rows';
import type { Time } from './time';

/** What real time depends on: the target, and this host. */
interface RealTimeContext {
  readonly facts: Pick<RunFacts, 'choices' | 'clockOffsetMs'>;
  /** Ends the waits of the test later, ms. */
  plan(ms: number): void;
  /** What this host may add to a measured time, ms. */
  hostDelayMs(): number;
}

/** Two readings of one clock differ by at most this, seconds. */
const READING_SECONDS = 0.001;
/** A time that lasts longer than promised by this factor is wrong. */
const WRONG_FACTOR = 3;
/** A host with other work may stand still so long, seconds: no short time is wrong by less. */
const STALL_SECONDS = 4;
/** This host may have added more to a time than it measured, by this factor. */
const HOST_FACTOR = 2;

/**
 * Time that passes by itself. All tolerance is here: the resolution of a target is its largest
 * declared delay, and this host adds what it was measured to add.
 */
export function realTime({ facts, plan, hostDelayMs }: RealTimeContext): Time {
  const declaredMs = Math.max(facts.choices.sweepMs, facts.choices.timerPickupMs);
  const nowMs = () => platformClock({ facts }).now();
  const wait = (ms: number) => sleep(Math.max(0, ms));
  const pass = (seconds: number) => {
    plan(seconds * 1_000);
    return wait(seconds * 1_000);
  };
  return {
    now: () => Promise.resolve(formatInstant(nowMs())),
    pass,
    passTo: (instant) => pass(Math.max(0, parseInstant(instant) - nowMs()) / 1_000),
    expectNothingFor: async (seconds, look) => {
      const endsAt = performance.now() + seconds * 1_000;
      const leftMs = () => endsAt - performance.now();
      plan(seconds * 1_000);
      const before = await look();
      const resolutionMs = declaredMs + hostDelayMs();
      if (leftMs() > resolutionMs) {
        await wait(leftMs() - resolutionMs);
        const after = await look();
        if (!isDeepStrictEqual(after, before)) rejectLate(leftMs(), resolutionMs);
        expect(after).toEqual(before);
      }
      await wait(leftMs());
    },
    expectSeconds: (measured, promised) => {
      expect(measured).toHaveLength(promised.length);
      const host = hostDelayMs() / 1_000;
      const rows = measured.map((seconds, n) => evaluate(seconds, promised[n] ?? NaN, declaredMs / 1_000, host));
      expectEach('right', rows);
    },
  };
}

/** A change that this host read so late may have come after the time. */
function rejectLate(leftMs: number, resolutionMs: number): void {
  if (leftMs > resolutionMs / 2) return;
  throw new EnvironmentError(`the last look ended ${leftMs.toFixed(0)} ms before the end of the time`);
}

type Row = DecidedRow<'right' | 'too short' | 'too long'>;

/** `declared`: by the target, as a delay; `host`: what this host may have added; seconds. */
function evaluate(measured: number, promised: number, declared: number, host: number): Row {
  const facts = `promised ${promised} s, measured ${measured.toFixed(3)} s, this host may add ${host.toFixed(3)} s`;
  const late = measured - promised;
  const verdictOfLate = late < HOST_FACTOR * host ? 'undecidable' : 'too long';
  const isWithin = late < Math.max((WRONG_FACTOR - 1) * promised, STALL_SECONDS) + declared;
  return { facts, result: late < -READING_SECONDS ? 'too short' : isWithin ? 'right' : verdictOfLate };
}

/** Each of these times was as long as promised or shorter, seconds; judged as `expectSeconds`. */
export function expectAtMost(promised: number, measured: readonly number[], hostDelayMs: number): void {
  const rows = measured.map((seconds) => evaluate(seconds, promised, 0, hostDelayMs / 1_000));
  expectEach(
    'right',
    rows.map((row) => (row.result === 'too short' ? { ...row, result: 'right' } : row)),
  );
}
