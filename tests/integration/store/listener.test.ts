import { pino } from 'pino';
import { until, type Condition } from '../../../helpers/scenario/polling';
import {
  connectListener,
  openListener,
  type Listener,
  type ListenerOptions,
} from '../../../platform/store/database/listener';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';
import { livenessDeadline } from '../liveness';

const CHANNEL = 'Channel of the test';
const SESSION = { application_name: 'listener-test' };

const database = withDatabase();
let listener: Listener | undefined;
const owner = withOwner(database);
afterEach(() => listener?.close());

/** Options that record each call; notifications by their payload. */
function recording(url = database().url) {
  const calls: string[] = [];
  const options: ListenerOptions = {
    url,
    channel: CHANNEL,
    session: SESSION,
    log: pino({ enabled: false }),
    onNotification: (payload) => calls.push(payload),
    onConnected: () => calls.push('connected'),
    onDisconnected: () => calls.push('disconnected'),
  };
  return { calls, options };
}

const toContain = (calls: readonly string[], expected: readonly string[]): Condition<readonly string[]> => ({
  name: `the calls ${expected.join(', ')}`,
  check: () =>
    Promise.resolve(
      calls.length < expected.length ? { is: 'pending', why: calls.join() } : { is: 'met', value: calls },
    ),
  evidence: () => Promise.resolve(''),
});

const notify = (payload: string) => owner.query('select pg_notify($1, $2)', [CHANNEL, payload]);

const countConnections = async (): Promise<number> =>
  (await owner.query('select from pg_stat_activity where application_name = $1', [SESSION.application_name])).length;

test('a lost connection is replaced and receives notifications again', async () => {
  const { calls, options } = recording();
  listener = openListener(options);
  await until(toContain(calls, ['connected']), livenessDeadline());
  await notify('first');
  await until(toContain(calls, ['connected', 'first']), livenessDeadline());

  await owner.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [
    SESSION.application_name,
  ]);
  await until(toContain(calls, ['connected', 'first', 'disconnected', 'connected']), livenessDeadline());
  await notify('second');

  const expected = ['connected', 'first', 'disconnected', 'connected', 'second'];
  expect(await until(toContain(calls, expected), livenessDeadline())).toEqual(expected);
  expect(await countConnections()).toBe(1);
});

test('connectListener rejects with the error of the first attempt', async () => {
  const url = Object.assign(new URL(database().url), { password: 'wrong' }).href;
  const { calls, options } = recording(url);

  await expect(connectListener(options)).rejects.toMatchObject({ code: '28P01' });

  expect(calls).toEqual([]);
});

test('a closed listener has no connection', async () => {
  const { options } = recording();
  listener = await connectListener(options);
  await expect(listener.connection!.query('select 1 as one')).resolves.toMatchObject({ rows: [{ one: 1 }] });

  await listener.close();

  expect(listener.connection).toBeNull();
  expect(await countConnections()).toBe(0);
});

test('a listener closed while it connects ends that connection', async () => {
  const { calls, options } = recording();
  listener = openListener(options);

  await listener.close();

  expect(await countConnections()).toBe(0);
  expect(calls).toEqual([]);
});
