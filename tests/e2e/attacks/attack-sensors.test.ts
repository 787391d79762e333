// Spec: a hostile sensor reaches only its own triggers, keys and logs, and runs its pack's code.
import type { Context } from '../../../helpers/scenario/context';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { systemTest, systemTestNeeding } from '../support/system-test';
import { createEmptyPack, type EmptyPack } from '../support/empty-pack';
import { errorSummary, sendRawRequest } from '../support/raw-request';

type Client = Context['client'];
type Event = Awaited<ReturnType<Client['events']['get']>>;
type Sensor = Awaited<ReturnType<Client['sensors']['get']>>;

const systemTestWithSensors = systemTestNeeding('sensors.custom');

/** Creates a sensor of the pack's trigger, and a rule that makes it run. */
async function createSensor(ctx: Context, pack: EmptyPack, program: { runtime_ref: string; entrypoint: string }) {
  const { client } = ctx;
  await client.rules.create({ ...pack.component('rule'), trigger_ref: pack.trigger, action_ref: 'core.noop' });
  const sensor = await client.sensors.create({ ...pack.component('sensor'), ...program, trigger_ref: pack.trigger });
  ctx.defer(() => client.sensors.remove(sensor.ref));
  return sensor;
}

const eventToExist = (client: Client, trigger: string): Condition<Event> => ({
  name: `an event of ${trigger}`,
  check: async () => {
    const [event] = await client.events.list({ trigger_ref: trigger });
    return event ? { is: 'met', value: await client.events.get(event.id) } : { is: 'pending', why: 'no event' };
  },
  evidence: () => Promise.resolve(''),
});

const processToBe = (client: Client, ref: string, status: string): Condition<NonNullable<Sensor['process']>> => ({
  name: `sensor ${ref} to be ${status}`,
  check: async () => {
    const { process } = await client.sensors.get(ref);
    return process?.status === status ? { is: 'met', value: process } : { is: 'pending', why: `${process?.status}` };
  },
  evidence: () => Promise.resolve(''),
});

/** Sends nine requests with the sensor's token, and posts an event with the status of each. */
const probeScript = (trigger: string): string =>
  [
    `status() { curl -s -o /dev/null -w '%{http_code} ' -H "Authorization: Bearer $ATTUNE_API_TOKEN" -H 'Content-Type: application/json' "$@"; }`,
    'api=$ATTUNE_API_URL/api/v1',
    'codes=$(status $api/identities; status $api/executions; status $api/keys/no.such; status $api/triggers',
    'status $api/sensors/no.such/logs',
    `status -d '{"trigger_ref":"core.alert"}' $api/events; status -d '{"action_ref":"core.noop"}' $api/executions/execute`,
    'status $api/sensors/$ATTUNE_SENSOR_REF/logs/stdout)',
    `status -d "{\\"trigger_ref\\":\\"${trigger}\\",\\"payload\\":{\\"codes\\":\\"$codes\\"}}" $api/events`,
    'sleep 300',
  ].join('\n');

systemTestWithSensors('AZ-07 the token of a sensor opens its events and logs, nothing else', async (ctx) => {
  const pack = await createEmptyPack(ctx);
  const program = { runtime_ref: 'core.shell', entrypoint: probeScript(pack.trigger) };
  const sensor = await createSensor(ctx, pack, program);

  const event = await until(eventToExist(ctx.client, pack.trigger), ctx.deadline);

  expect([event.source, event.source_ref]).toEqual([sensor.id, sensor.ref]);
  expect(event.payload).toEqual({ codes: '403 403 404 403 403 403 403 200 ' });
});

systemTestWithSensors('AZ-07 a sensor cannot run a file outside its pack', async (ctx) => {
  const pack = await createEmptyPack(ctx);
  const program = { runtime_ref: 'core.python', entrypoint: '../../../../../../etc/passwd' };
  const sensor = await createSensor(ctx, pack, program);

  const { error } = await until(processToBe(ctx.client, sensor.ref, 'backoff'), ctx.deadline);

  expect(error).toMatch(/has no files|lies outside/);
});

systemTest('AZ-07 a user cannot post events or read a log by path', async (ctx) => {
  const { trigger } = await createEmptyPack(ctx);
  const { token } = ctx.facts;
  const post = { method: 'POST', path: '/api/v1/events', token, body: { trigger_ref: trigger } } as const;
  const names = ['..%2F..%2Fsetting', '%2e%2e%2f%2e%2e', 'x%00'];
  const readLog = (name: string) => sendRawRequest(ctx.facts, { path: `/api/v1/sensors/${name}/logs/stdout`, token });

  expect(errorSummary(await sendRawRequest(ctx.facts, post))).toEqual([403, 'FORBIDDEN']);
  expect((await sendRawRequest(ctx.facts, { ...post, token: `${token}x` })).status).toBe(401);
  const responses = await Promise.all(names.map(readLog));
  expect(responses.map(({ status }) => status)).toEqual([404, 404, 422]);
  expect(await ctx.client.events.list({ trigger_ref: trigger })).toEqual([]);
});
