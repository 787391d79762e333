import type { UpdateSensor } from '../../../contract/sensors';
import type { WorkerAccess } from '../../../platform/workers/access/worker-access';
import { awaitLockedSession } from '../database/await-locked-session';
import { withSensorPlatform } from './sensor-platform';

const testPlatform = withSensorPlatform();
let one: WorkerAccess, other: WorkerAccess;
beforeAll(async () => {
  one = await testPlatform().openAccess('one');
  other = await testPlatform().openAccess('other');
});

/** A sensor that is to run, with the changes. */
async function neededSensor(change: UpdateSensor = {}): Promise<number> {
  const { client, pack, rule } = testPlatform();
  const ref = await pack();
  await rule(`${ref}.announced`);
  return (await client.sensors.update(`${ref}.announcer`, change)).id;
}

/** A sensor that is to run, of which both workers have a plan. */
async function plannedSensor(): Promise<number> {
  const sensor = await neededSensor();
  await one.listSensorPlans();
  await other.listSensorPlans();
  return sensor;
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

const TAINT = { key: 'gpu', value: 'a100', effect: 'no_schedule' };
const TOLERATED = { worker_tolerations: [{ key: 'gpu', operator: 'exists' as const }] };

test.each<[string, boolean, UpdateSensor]>([
  ['its labels', true, { ...TOLERATED, worker_selector: { zone: 'north', worker: 'placed' } }],
  ['another value of a label', false, { ...TOLERATED, worker_selector: { zone: 'south' } }],
  ['its taint, not tolerated', false, { worker_selector: { zone: 'north' } }],
  ['another value of its taint', false, { worker_tolerations: [{ key: 'gpu', value: 'h100' }] }],
  ['its affinity', true, { ...TOLERATED, worker_affinity: { required: [{ match_labels: { zone: 'north' } }] } }],
  ['another affinity', false, { ...TOLERATED, worker_affinity: { required: [{ match_labels: { zone: 'south' } }] } }],
  [
    'nothing, and prefers another affinity',
    true,
    {
      ...TOLERATED,
      worker_affinity: { preferred: [{ weight: 100, preference: { match_labels: { zone: 'south' } } }] },
    },
  ],
  [
    'an anti-affinity',
    false,
    { ...TOLERATED, worker_affinity: { anti_affinity: [{ match_labels: { zone: 'north' } }] } },
  ],
])('a sensor that requires %s fits a worker: %s', async (_what, fits, change) => {
  const { owner, openAccess } = testPlatform();
  const placed = await openAccess('placed');
  const columns = [JSON.stringify({ zone: 'north' }), JSON.stringify([TAINT])];
  await owner.query(`update worker set labels = labels || $1, taints = $2 where name = 'placed'`, columns);
  const sensor = await neededSensor(change);

  const { plans } = await placed.listSensorPlans();

  expect(plans.find((plan) => plan.sensor === sensor)).toMatchObject({ fits_worker: fits });
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
    await awaitLockedSession(testPlatform().owner, 'claim_sensor');
    await end.query('commit');

    await expect(claim).resolves.toBeNull();
  } finally {
    end.release();
  }
});

describe('the token of a sensor process', () => {
  /** Posts an event of the sensor's trigger. Answers the status. */
  async function post(sensor: number, token: string): Promise<number> {
    const { owner, url } = testPlatform();
    const { rows } = await owner.query<{ trigger: string }>(
      'select trigger_refs[1] as trigger from sensor where id = $1',
      [sensor],
    );
    const response = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ trigger_ref: rows[0]!.trigger }),
    });
    return response.status;
  }
  const expireLease = (sensor: number) =>
    testPlatform().owner.query(`update lease set expires_at = liveness_now() where resource = $1`, [
      `sensor:${sensor}`,
    ]);
  /** The token of a process that the worker starts. */
  const start = async (worker: WorkerAccess, sensor: number) => {
    const fencingToken = (await worker.claimSensor(sensor))!;
    return { fencingToken, token: (await worker.issueSensorToken(fencingToken))! };
  };

  test('DU-04 ends when another worker takes its lease', async () => {
    const sensor = await plannedSensor();
    const { token } = await start(one, sensor);
    await expireLease(sensor);
    expect(await post(sensor, token)).toBe(201); // there is no other process

    const next = await start(other, sensor);

    expect([await post(sensor, token), await post(sensor, next.token)]).toEqual([401, 201]);
  });

  test('DU-04 ends when the process has stopped', async () => {
    const sensor = await plannedSensor();
    const { fencingToken, token } = await start(one, sensor);

    await one.markSensorStopped(fencingToken);

    expect(await post(sensor, token)).toBe(401);
  });

  test('DU-04 ends with its worker, unlike the next one', async () => {
    const sensor = await plannedSensor();
    const crashing = await testPlatform().openAccess('crashing');
    await crashing.listSensorPlans();
    const { token } = await start(crashing, sensor);

    await testPlatform().owner.query(`select record_worker_crash('crashing', null, true)`);
    const before = await post(sensor, token);
    const next = await start(other, sensor);

    expect([before, await post(sensor, token), await post(sensor, next.token)]).toEqual([401, 401, 201]);
  });
});
