import { Clock, ClockMove, type AdvanceClock, type SetClock } from '../../../contract/clock';
import { verb } from '../operation';
import type { Request } from '../request';

/** A move waits until what it has woken has ended. */
const MOVE_TIMEOUT_MS = 40_000;

/** The clock of the caller's tenant. 404 NOT_ENABLED on a platform without virtual time. */
export const clock = (request: Request) => ({
  get: verb('GET /clock', (call) => request.one(Clock, call())),

  /** 409 CLOCK_AHEAD for `real` while its time is ahead. */
  set: verb('PUT /clock', (call, body: SetClock) => request.one(Clock, call({ body }))),

  /** Moves it through every due instant. 409 CLOCK_BUSY, TOO_MANY_STEPS: it is where it got to. */
  advance: verb('POST /clock/advance', (call, body: AdvanceClock) =>
    request.one(ClockMove, { ...call({ body }), timeoutMs: MOVE_TIMEOUT_MS }),
  ),
});
