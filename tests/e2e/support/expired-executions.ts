import { createClient, type Client } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { TimeContext } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { currentRunFacts } from '../../../helpers/target/run-facts';

/** Of the tenant that alone may read and change the settings. */
const retentionOfRun = (): Client['retention'] => {
  const { url, token } = currentRunFacts();
  return createClient({ baseUrl: url, token }).retention;
};

/** How long an execution is kept after its end, seconds. */
export const executionAgeSeconds = async (): Promise<number> =>
  (await retentionOfRun().get()).targets.executions.max_age_seconds!;

/** Lets the executions of the tenant that have ended expire, and waits until these are gone. */
export async function removeExpired(ctx: TimeContext, ids: readonly number[]): Promise<void> {
  await ctx.time.pass((await executionAgeSeconds()) + 1);
  await untilRemoved(ctx, ids);
}

/** Makes the next pass of retention due at once, and waits until these are gone. */
export async function untilRemoved(ctx: TimeContext, ids: readonly number[]): Promise<void> {
  const retention = retentionOfRun();
  const { check_interval_seconds } = await retention.get();
  await retention.update({ check_interval_seconds });
  const areRemoved = async () => !(await ctx.client.executions.list({})).some(({ id }) => ids.includes(id));
  await until(predicateToHold(`executions ${ids.join(', ')} to be removed`, areRemoved), ctx.deadline);
}
