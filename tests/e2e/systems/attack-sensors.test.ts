// Spec: a sensor that turns against its platform gets no further than its own triggers, keys and logs, and its code no further than its pack.
import { refusalOf, shoot } from '../../../helpers/attack';
import { missing } from '../../../helpers/capabilities';
import { createClient } from '../../../helpers/client/client';
import { randomName } from '../../../helpers/names';
import { until, type Condition } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';

const facts = currentRun();
const admin = createClient({ baseUrl: facts.url, token: facts.token });
type Event = Awaited<ReturnType<typeof admin.events.get>>;
type Sensor = Awaited<ReturnType<typeof admin.sensors.get>>;
const pack = `e2e-${facts.run}-sensors-${randomName(6)}`;
const runs = missing(['sensors.custom'], facts.capabilities).length === 0 ? test : test.skip;
const WAIT_MS = 20_000;

beforeAll(() => admin.packs.create({ ref: pack, label: 'Attacking', version: '1.0.0' }));
afterAll(() => admin.packs.remove(pack));

const trigger = async (): Promise<string> => {
  const ref = `${pack}.seen-${randomName(6)}`;
  await admin.triggers.create({ ref, pack_ref: pack, label: 'seen' });
  return ref;
};

/** A sensor that is this script, and a rule that makes it run. */
async function sensorOf(triggerRef: string, script: string): Promise<Sensor> {
  const ends = { trigger_ref: triggerRef, action_ref: 'core.noop' };
  await admin.rules.create({ ref: `${pack}.rule-${randomName(6)}`, pack_ref: pack, label: 'rule', ...ends });
  return admin.sensors.create({
    ...{ ref: `${pack}.attacker-${randomName(6)}`, pack_ref: pack, label: 'attacker', runtime_ref: 'core.shell' },
    ...{ entrypoint: script, trigger_ref: triggerRef },
  });
}

const firstEvent = (ref: string): Condition<Event> => ({
  name: `an event of ${ref}`,
  look: async () => {
    const [event] = await admin.events.list({ trigger_ref: ref });
    return event ? { is: 'met', value: await admin.events.get(event.id) } : { is: 'pending', why: 'none yet' };
  },
  evidence: () => Promise.resolve(''),
});

const processToBe = (ref: string, status: string): Condition<NonNullable<Sensor['process']>> => ({
  name: `sensor ${ref} to be ${status}`,
  look: async () => {
    const { process } = await admin.sensors.get(ref);
    return process?.status === status ? { is: 'met', value: process } : { is: 'pending', why: `${process?.status}` };
  },
  evidence: () => Promise.resolve(''),
});

const soon = (): number => performance.now() + WAIT_MS;

const tells = (triggerRef: string): string =>
  [
    `code() { curl -s -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $ATTUNE_API_TOKEN" -H 'Content-Type: application/json' "$@"; }`,
    'at=$ATTUNE_API_URL/api/v1',
    'codes=$(code $at/identities; code $at/executions; code $at/keys/no.such; code $at/triggers; code $at/sensors/no.such/logs',
    `code -d '{"trigger_ref":"core.alert"}' $at/events; code -d '{"action_ref":"core.noop"}' $at/executions/execute`,
    'code $at/sensors/$ATTUNE_SENSOR_REF/logs/stdout)',
    `code -d "{\\"trigger_ref\\":\\"${triggerRef}\\",\\"payload\\":{\\"codes\\":\\"$codes\\"}}" $at/events`,
    'sleep 300',
  ].join('\n');

runs(
  'AZ-07 a running sensor’s own token opens its events, its keys and its logs, and nothing else',
  async () => {
    const ref = await trigger();
    const sensor = await sensorOf(ref, tells(ref));

    const event = await until(firstEvent(ref), soon());

    expect([event.source, event.source_ref]).toEqual([sensor.id, sensor.ref]);
    expect(event.payload).toEqual({ codes: '403 403 404 403 403 403 403 200 ' });
    await admin.sensors.remove(sensor.ref);
  },
  WAIT_MS + 5_000,
);

runs(
  'AZ-07 a sensor cannot be made to run code from outside its pack',
  async () => {
    const ref = await trigger();
    const sensor = await admin.sensors.create({
      ...{ ref: `${pack}.climber`, pack_ref: pack, label: 'climber', runtime_ref: 'core.python', trigger_ref: ref },
      entrypoint: '../../../../../../etc/passwd',
    });
    const ends = { trigger_ref: ref, action_ref: 'core.noop' };
    await admin.rules.create({ ref: `${pack}.climb`, pack_ref: pack, label: 'rule', ...ends });

    const { error } = await until(processToBe(sensor.ref, 'backoff'), soon());

    expect(error).toMatch(/has no files|lies outside/);
    await admin.sensors.remove(sensor.ref);
  },
  WAIT_MS + 5_000,
);

test('AZ-07 a person posts no events, and reads no log by a path', async () => {
  const ref = await trigger();
  const post = { method: 'POST', path: '/api/v1/events', token: facts.token, body: { trigger_ref: ref } } as const;
  const paths = ['..%2F..%2Fsetting', '%2e%2e%2f%2e%2e', 'x%00'].map((name) => `/api/v1/sensors/${name}/logs/stdout`);

  expect(refusalOf(await shoot(facts, post))).toEqual([403, 'FORBIDDEN']);
  expect((await shoot(facts, { ...post, token: `${facts.token}x` })).status).toBe(401);
  const read = await Promise.all(paths.map((path) => shoot(facts, { path, token: facts.token })));
  expect(read.map(({ status }) => status)).toEqual([404, 404, 422]);
  expect(await admin.events.list({ trigger_ref: ref })).toEqual([]);
});
