import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '../../../helpers/client/client';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { isAlive } from '../../../platform/worker/process/process-table';
import { readyPlatform, spawnCli, waitForExit, type CliProcess } from './cli-process';
import { withPrivateBase } from './holder-process';
import { livenessDeadline } from '../liveness';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const base = withPrivateBase();

let cli: CliProcess;
let client: Client;
let hasCgroups: boolean;
const pids = join(base.path, 'pids');
beforeAll(async () => {
  cli = spawnCli(['up', '--port', '0', '--json'], {
    PLATFORM_SENSOR_BACKOFF_SECONDS: '0.1',
    PLATFORM_ISOLATION: 'off', // else the end of the process namespace ends them, and their pids are its own
  });
  ({ client } = await readyPlatform(cli));
  const manifest = await client.capabilities.getOrNull();
  hasCgroups = JSON.stringify(manifest?.capabilities['processes.containment']).includes('cgroup');
});
afterAll(() => {
  cli.kill('SIGKILL');
  for (const pid of recordedPids()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/**
 * Each process appends its pid to a file. The last one leaves the group and the session and, where
 * control groups find it all the same, has no environment.
 */
const sensorScript = () =>
  `echo $$ >> ${pids}
  setsid sh -c 'echo $$ >> ${pids}; exec sleep 300' &
  ${hasCgroups ? 'env -i ' : ''}setsid sh -c 'trap "" TERM; echo $$ >> ${pids}; sleep 300' &
  exec sleep 300`;
const PROCESSES_PER_SENSOR = 3;

function recordedPids(): number[] {
  try {
    return readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const conditionOf = (name: string, isMet: () => boolean) =>
  predicateToHold(name, isMet, () => `pids: ${recordedPids().join()}`);
const untilRunning = (from: number) =>
  until(
    conditionOf('the sensor to run', () => recordedPids().slice(from).filter(isAlive).length === PROCESSES_PER_SENSOR),
    livenessDeadline(),
  );
const untilGone = (pids: readonly number[]) =>
  until(
    conditionOf('no process of the sensor to be alive', () => !pids.some(isAlive)),
    livenessDeadline(),
  );

test('no sensor process survives its worker or its platform', async () => {
  await client.packs.create({ ref: 'watch', label: 'Watch', version: '1.0.0' });
  await client.triggers.create({ ref: 'watch.seen', pack_ref: 'watch', label: 'Seen' });
  const refs = { trigger_ref: 'watch.seen', action_ref: 'core.noop' };
  await client.rules.create({ ref: 'watch.rule', pack_ref: 'watch', label: 'Rule', ...refs });
  await client.sensors.create({
    ref: 'watch.sensor',
    pack_ref: 'watch',
    label: 'Sensor',
    runtime_ref: 'core.shell',
    trigger_ref: 'watch.seen',
    entrypoint: sensorScript(),
  });
  await untilRunning(0);
  const first = recordedPids();
  const pid = await until(recordedPid, livenessDeadline());

  process.kill(parentOf(pid), 'SIGKILL');
  await untilGone(first);
  await untilRunning(PROCESSES_PER_SENSOR);
  const second = recordedPids().slice(PROCESSES_PER_SENSOR);
  cli.kill('SIGKILL');
  await waitForExit(cli);

  await untilGone(second);
});

/** The record is written after the process starts. */
const recordedPid: Condition<number> = {
  name: 'the sensor to be recorded as running',
  check: async () => {
    const pid = (await client.sensors.get('watch.sensor')).process?.pid ?? null;
    return pid === null ? { is: 'pending', why: 'no process yet' } : { is: 'met', value: pid };
  },
  evidence: () => Promise.resolve(`pids: ${recordedPids().join()}`),
};

/** Field 4 of stat: the parent's pid. */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
}
