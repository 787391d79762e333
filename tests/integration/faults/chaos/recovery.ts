import { LEASE_MS, type FaultPlatform } from '../fault-platform';
import { executeToEnd } from '../history/clients';
import { readRows, untilRow } from '../read-rows';

/**
 * Ids of the attempts and workflows that run, each under a lease that is its own or its
 * coordinator's.
 */
export async function runningExecutions(platform: FaultPlatform): Promise<number[]> {
  const rows = await readRows<{ id: number }>(
    platform,
    `select id from (${HELD}) held where expires_at > liveness_now()`,
  );
  return rows.map(({ id }) => id);
}

const HELD = `
  select e.id::int, coalesce(l.expires_at, x.expires_at) as expires_at
  from execution e
  left join lease l on l.resource = 'execution:' || e.id
  left join workflow_execution r on r.execution = e.id
  left join executor x on x.id = r.coordinator
  where e.finished_at is null`;

interface Recovering {
  /** What ran just before the fault. */
  readonly running: readonly number[];
  /** When the fault began, monotonic ms. */
  readonly startedAt: number;
  /** When it had happened, epoch ms. */
  readonly happenedAt: number;
  /** Of the execution that is requested. */
  readonly action: string;
  readonly name: string;
}

/**
 * Ms from the fault until the platform has completed an execution that was requested after it,
 * and until everything that ran has ended, or has a lease that was made or renewed after it.
 */
export async function measureRecovery(
  platform: FaultPlatform,
  { running, startedAt, happenedAt, action, name }: Recovering,
): Promise<number> {
  await Promise.all([executeToEnd(platform, action, name), untilHeldAgain(platform, running, happenedAt)]);
  return performance.now() - startedAt;
}

/** A lease that lasts longer than one of that instant can last; the clock is that of this host. */
const HELD_AGAIN = `
  select not exists (
    select from unnest($1::int[]) id join execution e using (id)
    where e.finished_at is null and not exists (
      select from (${HELD} and e.id = any($1)) held where held.id = e.id
        and held.expires_at > greatest(liveness_now(), to_timestamp($2::float8 / 1000)))) as holds`;

const untilHeldAgain = (platform: FaultPlatform, running: readonly number[], happenedAt: number): Promise<void> =>
  untilRow(platform, `the executions ${running.join(', ')} to run again`, HELD_AGAIN, [running, happenedAt + LEASE_MS]);
