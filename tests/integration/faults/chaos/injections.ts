import { setTimeout as pause } from 'node:timers/promises';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { signalProcess } from '../../../../helpers/scenario/processes';
import { livenessDeadline } from '../../liveness';
import { readRows, untilRow } from '../read-rows';
import { databaseProcesses, databaseServer, waitForRestart } from '../database-processes';
import type { FaultPlatform } from '../fault-platform';
import type { FaultKind, PlannedFault } from './plan';

/** A fault whose victim is known. */
export interface Injection {
  /** Happens at once. */
  begin(): unknown;
  /** Starts again, or resumes, what does not recover by itself. */
  restore(): Promise<unknown>;
}

type Prepare = (platform: FaultPlatform, fault: PlannedFault) => Injection | Promise<Injection>;

const PREPARE: Readonly<Record<FaultKind, Prepare>> = {
  'kill the platform': (platform) => ({ begin: () => platform.kill(), restore: () => platform.boot() }),
  'kill the stack': (platform) => ({
    begin: () => Promise.all([platform.kill(), platform.executor!.kill('SIGKILL')]),
    restore: () => Promise.all([platform.boot(), platform.executor!.boot()]),
  }),
  'kill the executor': (platform) => ({
    begin: () => platform.executor!.kill('SIGKILL'),
    restore: () => platform.executor!.boot(),
  }),
  'kill a worker': async (platform, { pick }) => {
    await untilNoneRunsAlone(platform);
    const pid = await pickWorker(platform, pick);
    return { begin: () => signalProcess(pid, 'SIGKILL'), restore: NOTHING };
  },
  'stop the platform': (platform, fault) => stop(platform.main.running.pid, fault),
  'stop the executor': (platform, fault) => stop(platform.executor!.running.pid, fault),
  'stop a worker': async (platform, fault) => stop(await pickWorker(platform, fault.pick), fault),
  'cut a connection': async (platform, { pick }) => {
    const pid = pickOf(await connections(platform), pick);
    return { begin: () => cut(platform, [pid]), restore: NOTHING };
  },
  'cut every connection': async (platform) => {
    const pids = await connections(platform);
    return { begin: () => cut(platform, pids), restore: NOTHING };
  },
  'kill a process of PostgreSQL': async (platform, { pick }) => {
    const pid = pickOf(await databaseProcesses(platform), pick);
    return { begin: () => signalProcess(pid, 'SIGKILL'), restore: () => waitForRestart(platform, pid) };
  },
  'restart PostgreSQL': async (platform) => {
    await untilServerMayExit(platform);
    const pid = await databaseServer(platform);
    return { begin: () => signalProcess(pid, 'SIGQUIT'), restore: () => waitForRestart(platform, pid) };
  },
};

/** Selects the victim of a fault, and waits until the fault is allowed. */
export const prepareFault = async (platform: FaultPlatform, fault: PlannedFault): Promise<Injection> =>
  PREPARE[fault.kind](platform, fault);

const stop = (pid: number, { stopMs }: PlannedFault): Injection => ({
  begin: () => signalProcess(pid, 'SIGSTOP'),
  restore: async () => {
    await pause(stopMs);
    signalProcess(pid, 'SIGCONT');
  },
});

const NOTHING = (): Promise<void> => Promise.resolve();

const cut = (platform: FaultPlatform, pids: readonly number[]): Promise<unknown> =>
  readRows(platform, 'select pg_terminate_backend(pid) from unnest($1::int[]) pid', [pids]);

async function connections(platform: FaultPlatform): Promise<number[]> {
  const rows = await readRows<{ pid: number }>(
    platform,
    `select pid from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database() order by pid`,
  );
  return rows.map(({ pid }) => pid);
}

/** A worker that is there. */
async function pickWorker(platform: FaultPlatform, pick: number): Promise<number> {
  let pids: number[] = [];
  const isAny = async () => (pids = await platform.workers()).length > 0;
  await until(predicateToHold('a worker to be active', isAny), livenessDeadline());
  return pickOf(pids, pick);
}

/**
 * Waits until no execution runs alone after two crashes of its workers: a third crash ends it,
 * and that is no anomaly.
 */
const untilNoneRunsAlone = (platform: FaultPlatform): Promise<void> =>
  untilRow(
    platform,
    'no execution to run alone',
    `select not exists (select from worker_crash_suspect s join execution e on e.id = s.execution
       where s.suspicions >= 2 and e.finished_at is null) as holds`,
  );

/** The server of a test is started again three times a minute. */
const untilServerMayExit = (platform: FaultPlatform): Promise<void> =>
  untilRow(
    platform,
    'PostgreSQL to have run for 20 s',
    `select clock_timestamp() - pg_postmaster_start_time() > interval '20 s' as holds`,
  );

const pickOf = (pids: readonly number[], pick: number): number => pids[pick % pids.length]!;
