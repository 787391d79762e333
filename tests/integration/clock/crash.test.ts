import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import type { RunningPlatform } from '../../../contract/platform-file';
import { spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';
import { privateBase } from '../embedded/holder-process';
import { livenessDeadline } from '../liveness';

const START = Date.parse('2030-01-01T00:00:00Z');
const TIMER = 'core.intervaltimer';
/** Less than the lifetime of a token. */
const MINUTES = 24;

const base = privateBase();
afterAll(async () => {
  platform.stdin.end();
  await waitForExit(platform);
  base.remove();
});

let platform: CliProcess;
let running: RunningPlatform;
let password: string;

const settings = {
  PLATFORM_VIRTUAL_TIME: 'on',
  PLATFORM_LEASE_SECONDS: '1',
  PLATFORM_HEARTBEAT_SECONDS: '0.5',
  PLATFORM_KILL_GRACE_SECONDS: '0.5',
  PLATFORM_LOGIN_TRIES: '0',
};

async function start(): Promise<void> {
  const args = ['up', '--port', '0', '--notifier-port', '0', '--json', '--exit-with-stdin'];
  platform = spawnCli([...args, '--data', join(base.path, 'data')], settings);
  running = await waitForReady(platform);
  password ??= running.password!;
}

/** To the platform that runs. */
const signIn = async (): Promise<Client> => (await logIn({ baseUrl: running.url }, running.login, password)).client;

/** At which minute of the clock. */
const minuteOf = (instant: string): number => (Date.parse(instant) - START) / 60_000;

const firedMinutes = async (): Promise<number[]> =>
  (await (await signIn()).events.list({ trigger_ref: TIMER })).map(({ created }) => minuteOf(created)).reverse();

const timersToHaveFired = (count: number) =>
  predicateToHold(`${count} timers to have fired`, async () => (await firedMinutes()).length >= count);

const clockToShow = (minute: number) =>
  predicateToHold(
    `the clock to be at minute ${minute}`,
    async () => minuteOf((await (await signIn()).clock.get()).now) === minute,
  );

/** Starts a move with a timer for each minute. Its request ends with its platform. */
async function startMove(): Promise<Promise<unknown>> {
  const client = await signIn();
  await client.packs.create({ ref: 'timed', label: 'Timed', version: '1.0.0' });
  await client.clock.set({ mode: 'pinned', at: new Date(START).toISOString() });
  const later = await signIn();
  await later.rules.create({
    ref: 'timed.each',
    pack_ref: 'timed',
    label: 'Each',
    trigger_ref: TIMER,
    trigger_params: { unit: 'minutes', interval: 1 },
    action_ref: 'core.echo',
    action_params: { message: 'a minute' },
  });
  return Promise.allSettled([later.clock.advance({ by: MINUTES * 60 })]);
}

test('a move goes on after its platform was killed, and each timer fires once', async () => {
  await start();
  const moving = startMove();
  for (const count of [3, 9]) {
    await until(timersToHaveFired(count), livenessDeadline());
    platform.kill('SIGKILL');
    await waitForExit(platform);
    await start();
  }
  await moving;
  await until(clockToShow(MINUTES), livenessDeadline());
  const [minutes, executions] = [await firedMinutes(), await (await signIn()).executions.list({})];

  const each = Array.from({ length: MINUTES }, (_, index) => index + 1);
  expect(minutes).toEqual(each);
  expect(executions.map(({ status, created }) => [status, minuteOf(created)]).reverse()).toEqual(
    each.map((minute) => ['completed', minute]),
  );
});
