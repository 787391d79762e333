import type { Inquiry } from '../../../contract/inquiries';
import { parseInstant } from '../../instant';
import { isExpired } from '../conditions/inquiry-conditions';
import type { Context } from '../context';
import { inquiryTimeoutSeconds } from '../resources/inquiry-task';
import { expectPromised, NEIGHBOR_MS, shortestDetectableMs } from '../upper-bound';

/** Distance to the nearest wrong expiry where the lifetime is the shortest possible, ms. */
const MARGIN_MS = NEIGHBOR_MS;

/** How late an inquiry may expire, ms. */
export const sweepDelayMs = (ctx: Pick<Context, 'facts'>): number => ctx.facts.choices.sweepMs;

/** A lifetime of an inquiry whose excess a test can detect, seconds. Plans the time. */
export const lifetimeSeconds = (ctx: Context): number =>
  inquiryTimeoutSeconds(2, ctx, shortestDetectableMs(sweepDelayMs(ctx), MARGIN_MS) / 1_000);

const lifetimeMs = ({ created, updated }: Inquiry): number => parseInstant(updated) - parseInstant(created);

/**
 * The inquiry expired, not before its time, and at most by the declared delay and the host's slack
 * after it.
 */
export function expectOnTime(ctx: Context, inquiry: Inquiry, seconds: number): void {
  expect(isExpired(inquiry)).toBe(true);
  expect(lifetimeMs(inquiry)).toBeGreaterThanOrEqual(seconds * 1_000);
  const [promised, allowance] = [seconds * 1_000, sweepDelayMs(ctx)];
  const margin = promised < shortestDetectableMs(allowance) && { margin: MARGIN_MS };
  const lifetime = { what: `inquiry ${inquiry.id}`, measured: lifetimeMs(inquiry), promised, allowance, ...margin };
  expectPromised(ctx.slackMs('mark'), lifetime);
}
