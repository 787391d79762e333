import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { livenessDeadline } from '../../liveness';
import { LEASE_MS, type FaultPlatform } from '../fault-platform';
import { executeToEnd } from '../history/clients';
import { readRows } from '../read-rows';

/** What ran at one instant. */
export interface Snapshot {
  /** Of the platform's clock, epoch ms. */
  readonly at: number;
  readonly executions: readonly number[];
}

/** Attempts and workflows that run, each under a lease that is its own or its coordinator's. */
export async function takeSnapshot(platform: FaultPlatform): Promise<Snapshot> {
  const [row] = await readRows<Snapshot>(
    platform,
    `select (extract(epoch from platform_now()) * 1000)::float8 as at,
       coalesce((select json_agg(id) from (${HELD}) held where expires_at > platform_now()), '[]') as executions`,
  );
  return row!;
}

const HELD = `
  select e.id::int, coalesce(l.expires_at, x.expires_at) as expires_at
  from execution e
  left join lease l on l.resource = 'execution:' || e.id
  left join workflow_execution r on r.execution = e.id
  left join executor x on x.id = r.coordinator
  where e.finished_at is null`;

/**
 * Ms from `startedAt` until the platform has completed an execution that was requested after it,
 * and until everything of the snapshot has ended, or has a lease that was made or renewed after
 * it. `name`: of that execution.
 */
export async function measureRecovery(
  platform: FaultPlatform,
  snapshot: Snapshot,
  { startedAt, action, name }: { startedAt: number; action: string; name: string },
): Promise<number> {
  await Promise.all([executeToEnd(platform, action, name), untilHeldAgain(platform, snapshot)]);
  return performance.now() - startedAt;
}

/** A lease that lasts longer than one of that instant can last. */
const HELD_AGAIN = `
  select not exists (
    select from unnest($1::int[]) id join execution e using (id)
    where e.finished_at is null and not exists (
      select from (${HELD} and e.id = any($1)) held where held.id = e.id
        and held.expires_at > greatest(platform_now(), to_timestamp(($2::float8 + $3) / 1000)))) as holds`;

function untilHeldAgain(platform: FaultPlatform, { at, executions }: Snapshot): Promise<unknown> {
  const isHeldAgain = async (): Promise<boolean> =>
    (await readRows<{ holds: boolean }>(platform, HELD_AGAIN, [executions, at, LEASE_MS]))[0]!.holds;
  return until(
    predicateToHold(`the executions ${executions.join(', ')} to run again`, isHeldAgain),
    livenessDeadline(),
  );
}
