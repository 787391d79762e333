import type { TimeContext } from '../../../../helpers/scenario/context';
import { mapConcurrently } from '../../../../helpers/in-parallel';
import { recordDifference } from './difference';
import { observeRecord } from './observe-record';
import type { PreparedCase } from './prepare-case';
import { runInSteps } from './run-in-steps';

/** Programs that wait at the same time: fewer than a worker has slots. */
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
  for (const group of groupsOf(cases)) {
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

/** As many at the same time as the programs that wait leave room for; first those without any. */
function groupsOf(cases: readonly PreparedCase[]): PreparedCase[][] {
  const groups = [cases.filter((each) => waitingIn(each) === 0)];
  let waiting = MOST_WAITING;
  for (const each of cases.filter((other) => waitingIn(other) > 0)) {
    const most = waitingIn(each);
    if (waiting + most > MOST_WAITING) {
      groups.push([]);
      waiting = 0;
    }
    waiting += most;
    groups.at(-1)!.push(each);
  }
  return groups.filter((group) => group.length > 0);
}
