import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { waitForValue, withSensorPlatform } from './sensor-platform';

const testPlatform = withSensorPlatform();
let one: WorkerAccess, other: WorkerAccess;
beforeAll(async () => {
  one = await testPlatform().openAccess('one');
  other = await testPlatform().openAccess('other');
});

/** A sensor that is to run, of which both workers have a plan. */
async function plannedSensor(): Promise<number> {
  const { client, pack, rule } = testPlatform();
  const ref = await pack();
  await rule(`${ref}.announced`);
  await one.listSensorPlans();
  await other.listSensorPlans();
  return (await client.sensors.get(`${ref}.announcer`)).id;
}

const FAILURE = { status: 'backoff', failures: 1, pauseMs: 0, error: 'ended', isAlertDue: false } as const;

test('one of two workers claims a sensor', async () => {
  const sensor = await plannedSensor();

  expect([await one.claimSensor(sensor), await other.claimSensor(sensor)]).toEqual([expect.any(Number), null]);
});

test('a plan from before the last end of a sensor claims nothing', async () => {
  const sensor = await plannedSensor();
  const token = (await one.claimSensor(sensor))!;
  await one.markSensorFailed(token, FAILURE);

  await expect(other.claimSensor(sensor)).resolves.toBeNull();

  await other.listSensorPlans();
  await expect(other.claimSensor(sensor)).resolves.toEqual(expect.any(Number));
});

test('a claim that awaits the transaction of an end sees the end', async () => {
  const sensor = await plannedSensor();
  await one.claimSensor(sensor);
  const end = await testPlatform().owner.connect();
  try {
    await end.query('begin');
    await end.query('delete from lease where resource = $1', [`sensor:${sensor}`]);
    await end.query(
      `insert into sensor_process (sensor, worker, status, failures) select $1, min(id), 'backoff', 1 from worker`,
      [sensor],
    );

    const claim = one.claimSensor(sensor);
    await waitForValue('the claim to await the lease', claimThatWaits);
    await end.query('commit');

    await expect(claim).resolves.toBeNull();
  } finally {
    end.release();
  }
});

const claimThatWaits = async (): Promise<object | null> => {
  const { rows } = await testPlatform().owner.query<object>(
    `select from pg_stat_activity where query like '%claim_sensor%' and wait_event_type = 'Lock'`,
  );
  return rows[0] ?? null;
};
