import { Type, type Static } from '@sinclair/typebox';
import { Id, NullableTimestamp, Timestamp, stringEnum } from './json';

/**
 * How the clock of a tenant runs. `real`: as the platform's. `offset`: at the normal rate, ahead
 * of it. `pinned`: it stands still until it is moved.
 */
const CLOCK_MODES = ['real', 'offset', 'pinned'] as const;

/** The clock of the caller's tenant. */
export const Clock = Type.Object({
  mode: stringEnum(CLOCK_MODES),
  now: Timestamp,
  real_now: Timestamp,
  next_due_at: Type.Unsafe<string | null>({
    ...NullableTimestamp,
    description: 'the first instant after `now` at which something is due: a timer, a retry, a limit, an expiry',
  }),
  due: Type.Integer({ description: 'what is due at `now`, and has not been done yet' }),
  in_flight: Type.Integer({ description: 'executions and events that are neither final nor waiting for time' }),
});
export type Clock = Static<typeof Clock>;

/** `at` is what the clock shows then: by default its time now; an offset needs it. */
export const SetClock = Type.Object({ mode: stringEnum(CLOCK_MODES), at: Type.Optional(Timestamp) });
export type SetClock = Static<typeof SetClock>;

/** Steps of one move: instants at which something was due. */
export const MAX_CLOCK_STEPS = 1_000;

const DURATION =
  /^P(?=[0-9T])([0-9]{1,6}Y)?([0-9]{1,6}M)?([0-9]{1,6}W)?([0-9]{1,6}D)?(T(?=[0-9])([0-9]{1,9}H)?([0-9]{1,9}M)?([0-9]{1,9}([.][0-9]{1,6})?S)?)?$/;

/** Whether a text is an ISO 8601 duration: `PT72H`, `P3D`, `PT0.001S`. */
export const isDuration = (text: string): boolean => DURATION.test(text);

/** `by` is a number of seconds or a duration; either `by` or `to`. */
export const AdvanceClock = Type.Object({
  by: Type.Optional(
    Type.Unsafe<number | string>({ type: ['number', 'string'], minimum: 0, maximum: 1e10, maxLength: 60 }),
  ),
  to: Type.Optional(Timestamp),
  settle: Type.Optional(Type.Boolean({ description: 'wait at each step, and at the end, until nothing is in flight' })),
  max_steps: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
});
export type AdvanceClock = Static<typeof AdvanceClock>;

/** What was due at an instant of a move. */
export const DUE_KINDS = ['timer', 'retry', 'limit', 'inquiry', 'queue', 'key', 'artifact'] as const;

export const ClockFired = Type.Object({ kind: stringEnum(DUE_KINDS), id: Id, at: Timestamp });
export type ClockFired = Static<typeof ClockFired>;

/** Where the clock stands after a move, and everything that was due on its way, in order. */
export const ClockMove = Type.Object({ now: Timestamp, steps: Type.Integer(), fired: Type.Array(ClockFired) });
export type ClockMove = Static<typeof ClockMove>;
