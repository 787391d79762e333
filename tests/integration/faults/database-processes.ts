import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { readRows } from './read-rows';
import type { FaultPlatform } from './fault-platform';

/** Pids of the processes of PostgreSQL, without its server, which starts all of them again. */
export const databaseProcesses = async (platform: FaultPlatform): Promise<number[]> =>
  (await readRows<{ pid: number }>(platform, 'select pid from pg_stat_activity order by pid')).map(({ pid }) => pid);

/** A process whose loss makes PostgreSQL end all others, and start them again from its files. */
export async function databaseVictim(platform: FaultPlatform): Promise<number> {
  const [row] = await readRows<{ pid: number }>(
    platform,
    `select pid from pg_stat_activity where backend_type = 'checkpointer'`,
  );
  return row!.pid;
}

/** Pid of the server, whose exit ends PostgreSQL; it is started again with its files. */
export async function databaseServer(platform: FaultPlatform): Promise<number> {
  const [row] = await readRows<{ pid: number }>(
    platform,
    `select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`,
  );
  return row!.pid;
}

/** Waits until PostgreSQL answers without this process of it. */
export const waitForRestart = (platform: FaultPlatform, lost: number): Promise<unknown> =>
  until(
    predicateToHold(
      'PostgreSQL to be restarted',
      async () => ![...(await databaseProcesses(platform)), await databaseServer(platform)].includes(lost),
    ),
    livenessDeadline(),
  );
