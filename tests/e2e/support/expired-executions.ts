import { createClient, type Client } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { TimeContext } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { passAfter } from './retention-pass';

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

/** Waits for two passes of retention that begin after the call. */
export async function twoPasses(ctx: TimeContext): Promise<void> {
  const { url, token } = currentRunFacts();
  const client = createClient({ baseUrl: url, token });
  const { check_interval_seconds, last_pass: last } = await client.retention.get();
  const settings = { check_interval_seconds, dry_run: false };
  const first = await passAfter(ctx, client, settings, last ? parseInstant(last.started_at) : 0);
  await passAfter(ctx, client, settings, parseInstant(first.started_at));
}
