import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import { until, type Condition } from '../../../helpers/polling';
import { DEFAULT_USER } from '../../../platform/store/identities';
import { isAlive } from '../../../platform/worker/process-table';
import { command, ended, readiness, type Command } from './command';
import { privateBase } from './holder';

jest.setTimeout(60_000);

const WAIT_MS = 20_000;
const base = privateBase();
afterAll(() => base.remove());

let started: Command;
let client: Client;
let containment: boolean;
const pids = join(base.path, 'pids');
beforeAll(async () => {
  started = command(['up', '--port', '0', '--json'], { PLATFORM_SENSOR_BACKOFF_SECONDS: '0.1' });
  const { url } = await readiness(started);
  ({ client } = await logIn({ baseUrl: url }, DEFAULT_USER.login, DEFAULT_USER.password));
  const manifest = await client.capabilities.getOrNull();
  containment = JSON.stringify(manifest?.capabilities['processes.containment']).includes('cgroup');
});
afterAll(() => {
  started.kill('SIGKILL');
  for (const pid of told()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
});

/** Each of its processes writes its pid down; the last hides from group, session and, where that is no use, environment. */
const script = () =>
  `echo $$ >> ${pids}
  setsid sh -c 'echo $$ >> ${pids}; exec sleep 300' &
  ${containment ? 'env -i ' : ''}setsid sh -c 'trap "" TERM; echo $$ >> ${pids}; sleep 300' &
  exec sleep 300`;
const EACH = 3;

function told(): number[] {
  try {
    return readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const condition = (name: string, isMet: () => boolean): Condition<true> => ({
  name,
  look: () =>
    Promise.resolve(isMet() ? { is: 'met', value: true } : { is: 'pending', why: told().filter(isAlive).join() }),
  evidence: () => Promise.resolve(`told: ${told().join()}`),
});
const soon = () => performance.now() + WAIT_MS;
const running = (from: number) =>
  until(
    condition('the sensor to run', () => told().slice(from).filter(isAlive).length === EACH),
    soon(),
  );
const gone = (of: readonly number[]) =>
  until(
    condition('no process of the sensor to live', () => !of.some(isAlive)),
    soon(),
  );

test('nothing of a sensor outlives its worker, nor the platform, however they go', async () => {
  await client.packs.create({ ref: 'watch', label: 'Watch', version: '1.0.0' });
  await client.triggers.create({ ref: 'watch.seen', pack_ref: 'watch', label: 'Seen' });
  const ends = { trigger_ref: 'watch.seen', action_ref: 'core.noop' };
  await client.rules.create({ ref: 'watch.rule', pack_ref: 'watch', label: 'Rule', ...ends });
  await client.sensors.create({
    ...{
      ref: 'watch.sensor',
      pack_ref: 'watch',
      label: 'Sensor',
      runtime_ref: 'core.shell',
      trigger_ref: 'watch.seen',
    },
    entrypoint: script(),
  });
  await running(0);
  const first = told();
  const pid = await until(recordedPid, soon());

  process.kill(parentOf(pid), 'SIGKILL');
  await gone(first);
  await running(EACH);
  const second = told().slice(EACH);
  started.kill('SIGKILL');
  await ended(started);

  await gone(second);
});

/** The record follows the process's first words. */
const recordedPid: Condition<number> = {
  name: 'the sensor to be recorded as running',
  look: async () => {
    const pid = (await client.sensors.get('watch.sensor')).process?.pid ?? null;
    return pid === null ? { is: 'pending', why: 'no process yet' } : { is: 'met', value: pid };
  },
  evidence: () => Promise.resolve(`told: ${told().join()}`),
};

/** Field 4 of stat: who started it. */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[1]);
}
