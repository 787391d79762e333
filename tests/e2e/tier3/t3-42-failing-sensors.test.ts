// Spec: a sensor that ends again and again is alerted once, and a change of it starts it again.
import type { Client } from '../../../helpers/client/client';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { RestartablePlatform } from '../support/commands/restartable-platform';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

const ENDS = 'echo "it ended" >&2\nexit 3\n';
const RUNS = 'exec sleep 300\n';

/** The files of a pack with a sensor; `good.sh` runs. */
const filesOf = (pack: string, program: string): Readonly<Record<string, string>> => ({
  'pack.yaml': `ref: ${pack}\nlabel: Sensors\nversion: 1.0.0\n`,
  'triggers/one.yaml': `ref: ${pack}.one\n`,
  'sensors/watch.yaml': `ref: ${pack}.watch\nrunner_type: shell\nentry_point: watch.sh\ntrigger_types: [one]\n`,
  'sensors/watch.sh': program,
  'sensors/good.sh': RUNS,
});

const upload = async (platform: RestartablePlatform, pack: string, program: string): Promise<void> => {
  const { status } = await uploadRawPack(platform, plainTar(filesOf(pack, program)), true);
  expect(status).toBe(201);
};

/** Changes of a sensor that waits for its next start. */
const CHANGES: Readonly<Record<string, (platform: RestartablePlatform, pack: string) => Promise<unknown>>> = {
  'its entry point': ({ client }, pack) => client.sensors.update(`${pack}.watch`, { entrypoint: 'good.sh' }),
  'its files': (platform, pack) => upload(platform, pack, RUNS),
};

/** The process has this status. */
const processToBe = async (ctx: Context, client: Client, pack: string, status: string) => {
  const found = async () => (await client.sensors.get(`${pack}.watch`)).process ?? null;
  const isSo = async () => (await found())?.status === status;
  await until(predicateToHold(`${pack} to be ${status}`, isSo), ctx.deadline);
  return (await found())!;
};

const NEEDS = ['process', 'host.processes', 'sensors.custom', 'sensors.details'];
/** The first delay before the next start, which doubles: 6 s after the third end. */
const SETTINGS = { PLATFORM_SENSOR_BACKOFF_SECONDS: '1.5' };

claim('T3.42d', NEEDS, 'a sensor that ends three times is alerted once; a change starts it again', async (ctx) => {
  const platform = await RestartablePlatform.start(ctx, SETTINGS);
  const { client } = platform;
  const rows = Object.entries(CHANGES).map(async ([name, change], n) => {
    const pack = `failing${n}`;
    await upload(platform, pack, ENDS);
    const rule = { ref: `${pack}.rule`, pack_ref: pack, label: 'rule', trigger_ref: `${pack}.one` };
    await client.rules.create({ ...rule, action_ref: 'core.noop' });
    const { error } = await processToBe(ctx, client, pack, 'failed');
    await change(platform, pack);
    const running = await processToBe(ctx, client, pack, 'running');
    return [name, [error, running.failures, running.error]] as const;
  });

  const found = Object.fromEntries(await Promise.all(rows));
  const alerts = await client.events.list({ trigger_ref: 'core.alert' });
  const events = await Promise.all(alerts.map(({ id }) => client.events.get(id)));

  const ended = 'exited with code 3: it ended';
  expect(found).toEqual(Object.fromEntries(Object.keys(CHANGES).map((name) => [name, [ended, 0, null]])));
  const shown = events.map(({ payload }) => payload as Record<string, unknown>);
  expect(shown.map(({ component_ref, details }) => [component_ref, details]).sort()).toEqual(
    Object.keys(CHANGES).map((_, n) => [`failing${n}.watch`, { failures: 3, error: ended }]),
  );
});
