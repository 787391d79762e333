import { terminalText } from '../../contract/text/terminal-text';
import type { AdvanceClock, Clock } from '../../contract/clock';
import { writeJson } from '../../contract/json-text/write-json';
import type { Client } from '../../helpers/client/client';
import { usageError } from '../failures';
import { withNamedPlatform } from '../run/command-platform';
import { interruptible } from '../stop-cause';
import { throwClockError } from './clock-error';
import { clockLines, moveLines } from './clock-lines';
import { DURATION_FORMS } from './parse-duration';

/** Parsed options of every command: those that were not given are absent. */
export interface ClockFlags {
  readonly target?: string;
  readonly json?: true;
}

export interface AdvanceFlags extends ClockFlags {
  readonly to?: string;
}

/** Prints the clock of the caller's tenant. */
export const showClock = (flags: ClockFlags): Promise<void> =>
  ofClock(flags, 'nothing was changed', (client) => client.clock.get(), clockLines);

/** Lets it stand still, at an instant that has not passed, by default at its own time. */
export const pinClock = (at: string | undefined, flags: ClockFlags): Promise<void> =>
  ofClock(flags, MAY_HAVE_CHANGED, (client) => client.clock.set({ mode: 'pinned', ...(at && { at }) }), clockLines);

/** Lets it run as the platform's, unless it is ahead of it. */
export const releaseClock = (flags: ClockFlags): Promise<void> =>
  ofClock(flags, MAY_HAVE_CHANGED, (client) => client.clock.set({ mode: 'real' }), clockLines);

/**
 * Moves it by a duration, ms, or to an instant, and prints what was due on its way. Throws
 * CommandError, exit 2, without exactly one of the two.
 */
export async function advanceClock(byMs: number | undefined, flags: AdvanceFlags): Promise<void> {
  const request = moveOf(byMs, flags.to);
  await ofClock(flags, MAY_HAVE_CHANGED, (client) => client.clock.advance(request), moveLines);
}

const MAY_HAVE_CHANGED = 'the clock may have changed: `tuningfork clock` shows it';

function moveOf(byMs: number | undefined, to: string | undefined): AdvanceClock {
  if (byMs !== undefined && to === undefined) return { by: byMs / 1_000 };
  if (byMs === undefined && to !== undefined) return { to };
  throw usageError(`give a duration (${DURATION_FORMS}) or --to INSTANT, and not both: tuningfork clock advance 3h`);
}

type Answer = Clock | Awaited<ReturnType<Client['clock']['advance']>>;

/** Sends one request about the clock of a named platform, and prints the response. */
const ofClock = <T extends Answer>(
  { target, json }: ClockFlags,
  interruption: string,
  send: (client: Client) => Promise<T>,
  linesOf: (answer: T) => string[],
): Promise<void> =>
  interruptible(interruption, (stop) =>
    withNamedPlatform(target, stop, async (client) => {
      const answer = await send(client).catch(throwClockError);
      process.stdout.write(`${json ? writeJson(answer) : terminalText(linesOf(answer).join('\n'))}\n`);
    }),
  );
