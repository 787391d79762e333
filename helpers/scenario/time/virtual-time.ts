import type { AdvanceClock } from '../../../contract/clock';
import type { Client } from '../../client/client';
import type { PassOptions, Time } from './time';

/**
 * Time that passes only by moves of a pinned clock, and is compared for equality. `afterMove` gets
 * the time that the clock shows then.
 */
export function virtualTime(clock: Client['clock'], afterMove: (now: string) => Promise<void>): Time {
  const move = async (body: AdvanceClock): Promise<void> => afterMove((await clock.advance(body)).now);
  const pass = (seconds: number, options: PassOptions = {}) => move({ by: seconds, ...options });
  return {
    now: async () => (await clock.get()).now,
    pass,
    passTo: (instant, options = {}) => move({ to: instant, ...options }),
    expectNothingFor: async (seconds, look, options) => {
      await pass(0, options);
      const before = await look();
      await pass(seconds, options);
      expect(await look()).toEqual(before);
    },
    expectSeconds: (measured, promised) => expect(measured).toEqual(promised),
  };
}
