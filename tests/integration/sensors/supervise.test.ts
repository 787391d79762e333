import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, pidsWithVariable } from '../../../platform/worker/process/process-table';
import { waitForValue, waitForProcessStatus, withSensorPlatform, type SensorTestPlatform } from './sensor-platform';

const testPlatform = withSensorPlatform();
let first: Awaited<ReturnType<SensorTestPlatform['worker']>>;
beforeAll(async () => {
  first = await testPlatform().worker('w1');
});

const processesOf = (sensor: number): number[] =>
  pidsWithVariable(`PLATFORM_MARK=${testPlatform().instance}:sensor-${sensor}:`);
const waitUntilNoProcess = (sensor: number) =>
  waitForValue(`no process of sensor ${sensor}`, () => Promise.resolve(processesOf(sensor).length === 0 ? true : null));
const waitForEvents = (trigger: string, count: number) =>
  waitForValue(`${count} events of ${trigger}`, async () => {
    const events = await testPlatform().eventsOf(trigger);
    return events.length >= count ? events : null;
  });

test('a sensor runs with its rules only while an enabled rule needs its events', async () => {
  const { client, pack, rule, eventsOf } = testPlatform();
  const ref = await pack();
  const sensor = await client.sensors.get(`${ref}.announcer`);
  expect([sensor.process, processesOf(sensor.id)]).toEqual([null, []]);

  const first = await rule(`${ref}.announced`, { tone: 'high' });
  const [event] = await waitForEvents(`${ref}.announced`, 1);
  expect(event).toMatchObject({ source: sensor.id, source_ref: sensor.ref });
  expect(event?.payload).toMatchObject({
    triggers: [{ id: first.id, ref: first.ref, config: { tone: 'high' } }],
  });
  const before = await waitForProcessStatus(client, sensor.ref, 'running');

  const second = await rule(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 2);
  await client.rules.disable(first.ref);
  await waitForEvents(`${ref}.announced`, 3);
  expect((await waitForProcessStatus(client, sensor.ref, 'running')).pid).not.toBe(before.pid);
  await client.rules.remove(second.ref);
  await waitForProcessStatus(client, sensor.ref, 'stopped');
  await waitUntilNoProcess(sensor.id);
  expect((await eventsOf(`${ref}.announced`)).map(({ payload }) => ids(payload))).toEqual([
    [first.id],
    [first.id, second.id],
    [second.id],
  ]);
});

const ids = (payload: unknown): number[] => (payload as { triggers: { id: number }[] }).triggers.map(({ id }) => id);

test('only a change of its own rules or pack replaces a sensor’s process', async () => {
  const { client, pack, rule } = testPlatform();
  const [ref, other] = [await pack(), await pack()];
  await rule(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 1);
  const { pid } = await waitForProcessStatus(client, `${ref}.announcer`, 'running');

  await rule(`${other}.announced`);
  await waitForEvents(`${other}.announced`, 1);
  expect((await waitForProcessStatus(client, `${ref}.announcer`, 'running')).pid).toBe(pid);

  await pack(ref);
  await waitForEvents(`${ref}.announced`, 2);
  const after = await waitForProcessStatus(client, `${ref}.announcer`, 'running');
  expect(after.pid).not.toBe(pid);
  expect(after.failures).toBe(0);
});

test('disabling a sensor or its trigger stops it, and enabling starts it', async () => {
  const { client, pack, rule } = testPlatform();
  const ref = await pack();
  await rule(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 1);

  await client.sensors.disable(`${ref}.announcer`);
  await waitForProcessStatus(client, `${ref}.announcer`, 'stopped');
  await client.sensors.enable(`${ref}.announcer`);
  await waitForEvents(`${ref}.announced`, 2);
  await client.triggers.disable(`${ref}.announced`);
  await waitForProcessStatus(client, `${ref}.announcer`, 'stopped');
  await client.triggers.enable(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 3);
});

/** All variables of the contract. */
const VARIABLE_NAMES = [
  'API_TOKEN',
  'API_URL',
  'ARTIFACTS_DIR',
  'LOG_LEVEL',
  'SENSOR_ID',
  'SENSOR_REF',
  'SENSOR_TRIGGERS',
].map((name) => `ATTUNE_${name}`);

test('sensor output is kept by stream with its token redacted', async () => {
  const { client, pack, rule } = testPlatform();
  const ref = await pack();
  await rule(`${ref}.announced`);
  const output = await waitForValue('its output', async () => {
    const text = await client.sensors.log(`${ref}.announcer`, 'stdout');
    return text.endsWith('announced\n') ? text : null;
  });

  expect(output).toBe(`sensor ${ref}.announcer\n${VARIABLE_NAMES.join(' ')}\nannounced\n`);
  expect(await client.sensors.log(`${ref}.announcer`, 'stdout', 1)).toBe('announced\n');
  expect(await client.sensors.log(`${ref}.announcer`, 'stderr')).toBe('token ***\n');
});

test('a Python sensor reports each change once, to its rule, across a crash', async () => {
  const { client, pack, rule, directory } = testPlatform();
  const ref = await pack();
  const file = join(directory, 'counter');
  const { id } = await rule(`${ref}.counted`, { file });
  const first = await waitForProcessStatus(client, `${ref}.counter`, 'running');

  writeFileSync(file, '2');
  await waitForEvents(`${ref}.counted`, 2);
  writeFileSync(file, 'crash');
  const crashed = await waitForValue('another process', async () => {
    const { process } = await client.sensors.get(`${ref}.counter`);
    return process?.status === 'running' && process.pid !== first.pid ? process : null;
  });
  writeFileSync(file, '3');
  const events = await waitForEvents(`${ref}.counted`, 3);

  expect(crashed.failures).toBe(1);
  expect(events.map(({ payload, rule: bound }) => [payload, bound])).toEqual([
    [{ from: 0, to: 1 }, id],
    [{ from: 1, to: 2 }, id],
    [{ from: 2, to: 3 }, id],
  ]);
});

test('a sensor whose pack asks for less than the open network does not run', async () => {
  const { client, pack, rule, eventsOf } = testPlatform();
  const ref = await pack(undefined, 'network: none\n');
  await rule(`${ref}.announced`);
  const error = await waitForValue('its error', async () => {
    const { process } = await client.sensors.get(`${ref}.announcer`);
    return process?.error ?? null;
  });

  expect(error).toContain('NETWORK_NOT_CONFINED: its pack asks for the network none');
  expect(await eventsOf(`${ref}.announced`)).toEqual([]);
});

test('a sensor that exits at once is retried, marked failed, and alerts once', async () => {
  const { client, pack, rule, owner } = testPlatform();
  const ref = await pack();
  await client.sensors.create({
    ref: `${ref}.broken`,
    pack_ref: ref,
    label: 'Broken',
    runtime_ref: 'core.shell',
    entrypoint: 'echo ouch >&2; exit 7',
    trigger_ref: `${ref}.counted`,
  });
  await client.sensors.disable(`${ref}.counter`);
  await rule(`${ref}.counted`, { file: 'none' });

  const failed = await waitForProcessStatus(client, `${ref}.broken`, 'failed');
  expect(failed.failures).toBeGreaterThanOrEqual(3);
  expect(failed.error).toBe('exited with code 7: ouch');
  await waitForValue('a fifth end', async () =>
    (await client.sensors.get(`${ref}.broken`)).process!.failures > 4 ? true : null,
  );
  const { rows } = await owner.query<{ payload: object }>(
    `select payload from event where trigger_ref = 'core.alert' and payload->>'component_ref' = $1`,
    [`${ref}.broken`],
  );
  expect(rows.map(({ payload }) => payload)).toMatchObject([
    { component_type: 'sensor', failure_type: 'process_crashed', details: { failures: 3 } },
  ]);
});

test('a sensor’s detached child ends with it where cgroups are available', async () => {
  const { client, pack, rule, directory } = testPlatform();
  const [ref, pids] = [await pack(), join(directory, 'hidden')];
  await client.triggers.create({ ref: `${ref}.hidden`, pack_ref: ref, label: 'Hidden' });
  const hidden = `env -i pids=${pids} setsid sh -c 'echo $$ >> "$pids"; exec sleep 300' &`;
  await client.sensors.create({
    ref: `${ref}.hiding`,
    pack_ref: ref,
    label: 'Hiding',
    runtime_ref: 'core.shell',
    trigger_ref: `${ref}.hidden`,
    entrypoint: `${hidden}\nexec sleep 300`,
  });
  await rule(`${ref}.hidden`);
  const pid = await waitForValue('the hidden process', () =>
    Promise.resolve(existsSync(pids) ? Number(readFileSync(pids, 'utf8')) || null : null),
  );

  await client.sensors.disable(`${ref}.hiding`);
  await waitForProcessStatus(client, `${ref}.hiding`, 'stopped');

  const isLeft = isAlive(pid);
  if (isLeft) process.kill(pid, 'SIGKILL');
  expect(isLeft).toBe(!first.isContained);
});

test('one of two workers runs a sensor, and the other takes over', async () => {
  const { client, pack, rule } = testPlatform();
  const [second, ref] = [await testPlatform().worker('w2'), await pack()];
  await rule(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 1);
  const { id } = await client.sensors.get(`${ref}.announcer`);
  const { worker } = await waitForProcessStatus(client, `${ref}.announcer`, 'running');
  const [running, other] = worker === second.id ? [second, first] : [first, second];

  await running.sensors.stop();

  await waitForValue('the other worker to run it', async () => {
    const { process } = await client.sensors.get(`${ref}.announcer`);
    return process?.status === 'running' && process.worker === other.id ? process : null;
  });
  const { pid } = await waitForProcessStatus(client, `${ref}.announcer`, 'running');
  const events = await waitForEvents(`${ref}.announced`, 2);
  expect(events.map(({ payload }) => (payload as { pid: number }).pid)).toEqual([expect.any(Number), pid]);
  expect([running.id, processesOf(id)]).toEqual([worker, expect.arrayContaining([pid])]);
});

test('a sensor whose placement changes is started on the worker it requires', async () => {
  const { client, pack, rule } = testPlatform();
  const [third, fourth] = [await testPlatform().worker('w3'), await testPlatform().worker('w4')];
  const ref = await pack();
  const sensor = `${ref}.announcer`;
  await client.sensors.update(sensor, { worker_selector: { worker: 'w4' } });
  await rule(`${ref}.announced`);
  await waitForEvents(`${ref}.announced`, 1);
  const before = await waitForProcessStatus(client, sensor, 'running');
  const { id } = await client.sensors.get(sensor);

  await client.sensors.update(sensor, { worker_selector: { worker: 'w3' } });

  await waitForEvents(`${ref}.announced`, 2);
  const after = await waitForProcessStatus(client, sensor, 'running');
  expect([before.worker, after.worker]).toEqual([fourth.id, third.id]);
  expect(processesOf(id)).toEqual(expect.arrayContaining([after.pid]));
  expect(processesOf(id)).not.toContain(before.pid);
});
