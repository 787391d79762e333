import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, pidsWith } from '../../../platform/worker/process-table';
import { seen, standing, withSensors, type SensorStage } from './stage';

const stage = withSensors();
let first: Awaited<ReturnType<SensorStage['worker']>>;
beforeAll(async () => {
  first = await stage().worker('w1');
});

const processesOf = (sensor: number): number[] => pidsWith(`PLATFORM_MARK=${stage().instance}:sensor-${sensor}:`);
const gone = (sensor: number) =>
  seen(`no process of sensor ${sensor}`, () => Promise.resolve(processesOf(sensor).length === 0 ? true : null));
const announced = (trigger: string, count: number) =>
  seen(`${count} events of ${trigger}`, async () => {
    const events = await stage().eventsOf(trigger);
    return events.length >= count ? events : null;
  });

test('a sensor runs while some enabled rule waits for its events, is told the rules, and leaves nothing behind', async () => {
  const { client, pack, rule, eventsOf } = stage();
  const ref = await pack();
  const sensor = await client.sensors.get(`${ref}.announcer`);
  expect([sensor.process, processesOf(sensor.id)]).toEqual([null, []]);

  const first = await rule(`${ref}.announced`, { tone: 'high' });
  const [event] = await announced(`${ref}.announced`, 1);
  expect(event).toMatchObject({ source: sensor.id, source_ref: sensor.ref });
  expect(event?.payload).toMatchObject({
    triggers: [{ id: first.id, ref: `${ref}.announced`, config: { tone: 'high' } }],
  });
  const before = await standing(client, sensor.ref, 'running');

  const second = await rule(`${ref}.announced`);
  await announced(`${ref}.announced`, 2);
  await client.rules.disable(first.ref);
  await announced(`${ref}.announced`, 3);
  expect((await standing(client, sensor.ref, 'running')).pid).not.toBe(before.pid);
  await client.rules.remove(second.ref);
  await standing(client, sensor.ref, 'stopped');
  await gone(sensor.id);
  expect((await eventsOf(`${ref}.announced`)).map(({ payload }) => ids(payload))).toEqual([
    [first.id],
    [first.id, second.id],
    [second.id],
  ]);
});

const ids = (payload: unknown): number[] => (payload as { triggers: { id: number }[] }).triggers.map(({ id }) => id);

test('a change of other rules leaves a process alone; a new registration of its pack replaces it', async () => {
  const { client, pack, rule } = stage();
  const [ref, other] = [await pack(), await pack()];
  await rule(`${ref}.announced`);
  await announced(`${ref}.announced`, 1);
  const { pid } = await standing(client, `${ref}.announcer`, 'running');

  await rule(`${other}.announced`);
  await announced(`${other}.announced`, 1);
  expect((await standing(client, `${ref}.announcer`, 'running')).pid).toBe(pid);

  await pack(ref);
  await announced(`${ref}.announced`, 2);
  const after = await standing(client, `${ref}.announcer`, 'running');
  expect(after.pid).not.toBe(pid);
  expect(after.failures).toBe(0);
});

test('disabling the sensor or its trigger stops it; enabling starts it again', async () => {
  const { client, pack, rule } = stage();
  const ref = await pack();
  await rule(`${ref}.announced`);
  await announced(`${ref}.announced`, 1);

  await client.sensors.disable(`${ref}.announcer`);
  await standing(client, `${ref}.announcer`, 'stopped');
  await client.sensors.enable(`${ref}.announcer`);
  await announced(`${ref}.announced`, 2);
  await client.triggers.disable(`${ref}.announced`);
  await standing(client, `${ref}.announcer`, 'stopped');
  await client.triggers.enable(`${ref}.announced`);
  await announced(`${ref}.announced`, 3);
});

/** The contract's, and no others. */
const NAMES = ['API_TOKEN', 'API_URL', 'ARTIFACTS_DIR', 'LOG_LEVEL', 'SENSOR_ID', 'SENSOR_REF', 'SENSOR_TRIGGERS'].map(
  (name) => `ATTUNE_${name}`,
);

test('what a sensor says is kept by stream, its token masked, and its tail can be read', async () => {
  const { client, pack, rule } = stage();
  const ref = await pack();
  await rule(`${ref}.announced`);
  const said = await seen('its words', async () => {
    const text = await client.sensors.log(`${ref}.announcer`, 'stdout');
    return text.endsWith('announced\n') ? text : null;
  });

  expect(said).toBe(`sensor ${ref}.announcer\n${NAMES.join(' ')}\nannounced\n`);
  expect(await client.sensors.log(`${ref}.announcer`, 'stdout', 1)).toBe('announced\n');
  expect(await client.sensors.log(`${ref}.announcer`, 'stderr')).toBe('token ***\n');
});

test('a Python sensor tells of each change once, to the rule that asked, also over a crash', async () => {
  const { client, pack, rule, directory } = stage();
  const ref = await pack();
  const file = join(directory, 'counter');
  const { id } = await rule(`${ref}.counted`, { file });
  const first = await standing(client, `${ref}.counter`, 'running');

  writeFileSync(file, '2');
  await announced(`${ref}.counted`, 2);
  writeFileSync(file, 'crash');
  const crashed = await seen('another process', async () => {
    const { process } = await client.sensors.get(`${ref}.counter`);
    return process?.status === 'running' && process.pid !== first.pid ? process : null;
  });
  writeFileSync(file, '3');
  const events = await announced(`${ref}.counted`, 3);

  expect(crashed.failures).toBe(1);
  expect(events.map(({ payload, rule: bound }) => [payload, bound])).toEqual([
    [{ from: 0, to: 1 }, id],
    [{ from: 1, to: 2 }, id],
    [{ from: 2, to: 3 }, id],
  ]);
});

test('one that ends at once is tried again with longer pauses, called failed, and told of once', async () => {
  const { client, pack, rule, owner } = stage();
  const ref = await pack();
  await client.sensors.create({
    ...{ ref: `${ref}.broken`, pack_ref: ref, label: 'Broken', runtime_ref: 'core.shell' },
    ...{ entrypoint: 'echo ouch >&2; exit 7', trigger_ref: `${ref}.counted` },
  });
  await client.sensors.disable(`${ref}.counter`);
  await rule(`${ref}.counted`, { file: 'none' });

  const failed = await standing(client, `${ref}.broken`, 'failed');
  expect(failed.failures).toBeGreaterThanOrEqual(3);
  expect(failed.error).toBe('it ended with exit code 7: ouch');
  await seen('a fifth end', async () =>
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

test('what a sensor hid from its group, session and environment ends with it, where the host allows control groups', async () => {
  const { client, pack, rule, directory } = stage();
  const [ref, pids] = [await pack(), join(directory, 'hidden')];
  await client.triggers.create({ ref: `${ref}.hidden`, pack_ref: ref, label: 'Hidden' });
  const hidden = `env -i pids=${pids} setsid sh -c 'echo $$ >> "$pids"; exec sleep 300' &`;
  await client.sensors.create({
    ...{
      ref: `${ref}.hiding`,
      pack_ref: ref,
      label: 'Hiding',
      runtime_ref: 'core.shell',
      trigger_ref: `${ref}.hidden`,
    },
    entrypoint: `${hidden}\nexec sleep 300`,
  });
  await rule(`${ref}.hidden`);
  const pid = await seen('the hidden process', () =>
    Promise.resolve(existsSync(pids) ? Number(readFileSync(pids, 'utf8')) || null : null),
  );

  await client.sensors.disable(`${ref}.hiding`);
  await standing(client, `${ref}.hiding`, 'stopped');

  const left = isAlive(pid);
  if (left) process.kill(pid, 'SIGKILL');
  expect(left).toBe(!first.isContained);
});

test('of two workers one runs it, and the other takes over when the first is gone', async () => {
  const { client, pack, rule } = stage();
  const [second, ref] = [await stage().worker('w2'), await pack()];
  await rule(`${ref}.announced`);
  await announced(`${ref}.announced`, 1);
  const { id } = await client.sensors.get(`${ref}.announcer`);
  const { worker } = await standing(client, `${ref}.announcer`, 'running');
  const [runs, other] = worker === second.id ? [second, first] : [first, second];

  await runs.sensors.stop();

  await seen('the other worker to run it', async () => {
    const { process } = await client.sensors.get(`${ref}.announcer`);
    return process?.status === 'running' && process.worker === other.id ? process : null;
  });
  const { pid } = await standing(client, `${ref}.announcer`, 'running');
  const events = await announced(`${ref}.announced`, 2);
  expect(events.map(({ payload }) => (payload as { pid: number }).pid)).toEqual([expect.any(Number), pid]);
  expect([runs.id, processesOf(id)]).toEqual([worker, expect.arrayContaining([pid])]);
});
