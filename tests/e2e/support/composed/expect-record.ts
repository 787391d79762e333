import type { TimeContext } from '../../../../helpers/scenario/context';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { recordDifference } from './difference';
import { observeRecord } from './observe-record';
import type { PreparedCase } from './prepare-case';
import { groupsWithin } from './groups-within';
import { runInSteps } from './run-in-steps';

/** Programs that wait at the same time: fewer than a worker has slots, so that others can run. */
const MOST_WAITING = 16;
/** Cases that are read at the same time. */
const WIDTH = 4;
/** In which nothing more happens after the end of all cases, seconds. */
const QUIET_SECONDS = 60;

/** Runs the cases by virtual time. Returns those whose record differs from the model's. */
export async function differencesInSteps(
  ctx: TimeContext,
  cases: readonly PreparedCase[],
  deadline: number,
): Promise<Map<PreparedCase, Error>> {
  const differences = new Map<PreparedCase, Error>();
  for (const group of groupsWithin(Math.min(MOST_WAITING, ctx.facts.slots - 1), cases, waitingIn)) {
    const { ids, start, waitError } = await runInSteps(ctx, group, deadline);
    if (waitError === null) await ctx.time.pass(QUIET_SECONDS);
    const summaries = await ctx.client.inquiries.list();
    const inquiries = new Map(summaries.map(({ execution, status }) => [execution, status]));
    await mapConcurrently(group, WIDTH, async (each) => {
      const observed = await observeRecord(ctx, ids[group.indexOf(each)]!, start, inquiries);
      const difference = recordDifference(observed, each.expectation.record);
      if (difference) differences.set(each, withCause(difference, waitError));
    });
    if (waitError && differences.size === 0) throw waitError;
    if (differences.size > 0) return differences;
  }
  return differences;
}

const withCause = (difference: Error, cause: Error | null): Error =>
  cause ? new Error(`${cause.message}\n\n${difference.message}`, { cause }) : difference;

/** Programs of a case that wait at the same time. */
const waitingIn = ({ expectation }: PreparedCase): number =>
  Math.max(0, ...expectation.pauses.map(({ running }) => running));
