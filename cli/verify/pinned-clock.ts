import { setTimeout as sleep } from 'node:timers/promises';
import type { ClockMove } from '../../contract/clock';
import { ApiError } from '../../helpers/errors';
import { throwClockError } from '../clock/clock-error';
import type { LogIn } from '../run/command-platform';

/** How long one move may take, in requests that each end in CLOCK_BUSY. */
const MOVE_LIMIT_MS = 180_000;
const PAUSE_MS = 50;

/**
 * Lets the clock of the caller's tenant stand still, and then run on from where it is, unless it
 * stood still before. `use` gets its instant. Throws CommandError, exit 3, without virtual time.
 */
export async function withPinnedClock<T>(logIn: LogIn, use: (start: string) => Promise<T>): Promise<T> {
  const { clock } = await logIn();
  const { mode } = await clock.get().catch(throwClockError);
  const { now } = await clock.set({ mode: 'pinned' }).catch(throwClockError);
  try {
    return await use(now);
  } finally {
    if (mode !== 'pinned') await letRun(logIn);
  }
}

async function letRun(logIn: LogIn): Promise<void> {
  const { clock } = await logIn();
  const { now } = await clock.get().catch(throwClockError);
  await clock.set({ mode: 'offset', at: now }).catch(throwClockError);
}

/**
 * Moves the clock to an instant, with everything that is due on its way. Throws CommandError, exit
 * 1: CLOCK_BUSY where an execution still runs after 180 s, TOO_MANY_STEPS.
 */
export async function moveTo(logIn: LogIn, to: string): Promise<ClockMove> {
  const deadline = performance.now() + MOVE_LIMIT_MS;
  for (;;) {
    const { clock } = await logIn();
    const move = await clock.advance({ to }).catch((error: unknown) => {
      const isBusy = error instanceof ApiError && error.code === 'CLOCK_BUSY';
      return isBusy && performance.now() < deadline ? null : throwClockError(error);
    });
    if (move !== null) return move;
    await sleep(PAUSE_MS);
  }
}
