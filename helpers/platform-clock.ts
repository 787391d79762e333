import type { Context } from './context';
import { instant } from './instant';
import { EACH_SECOND, timerRule } from './timer-rule';

const ROUND_TRIPS = 5;

/** The platform's clock, as seen from here. */
export interface PlatformClock {
  /** Epoch ms. */
  now(): number;
}

/** Measures the platform's clock by five round trips of a rule that stays switched off; the quickest tells most. */
export async function platformClock(ctx: Context): Promise<PlatformClock> {
  const { ref } = await timerRule(ctx, 'interval', EACH_SECOND, { label: 'clock' });
  let best = { took: Infinity, offset: 0 };
  for (let n = 0; n < ROUND_TRIPS; n++) {
    const sent = performance.now();
    const { updated } = await ctx.client.rules.disable(ref);
    const took = performance.now() - sent;
    if (took < best.took) best = { took, offset: instant(updated) - (sent + took / 2) };
  }
  return { now: () => performance.now() + best.offset };
}

/** RFC 3339 with milliseconds. */
export const rfc3339 = (epochMs: number): string => new Date(epochMs).toISOString();
