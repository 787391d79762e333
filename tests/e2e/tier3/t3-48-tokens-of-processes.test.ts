// Spec: the token of a process opens what is its own, until the end of the process.
import { existsSync, readFileSync } from 'node:fs';
import { decodeJwt } from 'jose';
import { createClient, type Client } from '../../../helpers/client/client';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { parseInstant } from '../../../helpers/instant';
import { cancelAndWait } from '../../../helpers/scenario/cancel-execution';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { openNotifierSocket } from '../../../helpers/scenario/resources/notifications';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { plainTar } from '../support/raw-tar';
import { uploadRawPack } from '../support/upload-raw-pack';

const NEEDS = ['ledger.shared', 'tenants', 'sensors.custom', 'notify.scoping'];

/** Appends the token of the process to a file, and runs until it is stopped. */
const scriptOf = (file: string): string => `echo "$ATTUNE_API_TOKEN" >>"${file}"\nwhile :; do sleep 0.1; done\n`;

/** The token of the n-th process that has written to the file. */
async function tokenIn({ deadline }: Context, file: string, n: number): Promise<string> {
  const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
  await until(
    predicateToHold(`${n} processes to write their tokens`, () => lines().length >= n),
    deadline,
  );
  return lines()[n - 1]!;
}

/** The rejection of a read of keys, which a program with a set and any sensor may list. */
const readsKeys = ({ facts }: Context, token: string) =>
  rejectionStatus(createClient({ baseUrl: facts.url, token }).keys.list());

/** Starts a program that may read keys and executions. Returns its id and its token. */
async function startProgram(ctx: Context, client: Client, n: number) {
  const file = `${ctx.ledger.path}.program`;
  const pack = ctx.name(`programs-${n}`);
  await client.packs.create({ ref: pack, label: pack, version: '1.0.0' });
  const action_ref = await createScriptAction({ ...ctx, client }, pack, scriptOf(file));
  const { id } = await client.executions.execute({ action_ref, permission_set_refs: ['core.viewer'] });
  return { id, token: await tokenIn(ctx, file, n) };
}

claim('T3.48a', NEEDS, 'the token and the socket of a program end with its execution', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const [ended, running] = [await startProgram(ctx, client, 1), await startProgram(ctx, client, 2)];
  const open = ({ token }: typeof ended) => openNotifierSocket(ctx, ['all'], token);
  const [socket, beside] = [await open(ended), await open(running)];
  const before = await readsKeys(ctx, ended.token);

  await cancelAndWait(client, ended.id);
  const after = [await readsKeys(ctx, ended.token), await readsKeys(ctx, running.token)];
  await until(
    predicateToHold('the socket to be closed', () => socket.closeEvent !== null),
    ctx.deadline,
  );

  expect([before, after, beside.closeEvent]).toEqual([null, [401, null], null]);
  await cancelAndWait(client, running.id);
});

const sensorFiles = (pack: string, file: string): Readonly<Record<string, string>> => ({
  'pack.yaml': `ref: ${pack}\nlabel: Sensors\nversion: 1.0.0\n`,
  'triggers/one.yaml': `ref: ${pack}.one\n`,
  'sensors/watch.yaml': `ref: ${pack}.watch\nrunner_type: shell\nentry_point: watch.sh\ntrigger_types: [one]\n`,
  'sensors/watch.sh': scriptOf(file),
});

claim('T3.48b', NEEDS, 'the token of the process of a sensor ends with the process', async (ctx) => {
  const { client, token } = await createTestTenant(ctx, 'own');
  const [pack, file] = [ctx.name('sensors'), `${ctx.ledger.path}.sensor`];
  await uploadRawPack({ ...ctx.facts, token }, plainTar(sensorFiles(pack, file)));
  const rule = { ref: `${pack}.rule`, pack_ref: pack, label: 'rule', trigger_ref: `${pack}.one` };
  await client.rules.create({ ...rule, action_ref: 'core.noop' });
  const first = await tokenIn(ctx, file, 1);
  const running = await readsKeys(ctx, first);

  await client.sensors.disable(`${pack}.watch`);
  await until(
    predicateToHold('the first token to end', async () => (await readsKeys(ctx, first)) === 401),
    ctx.deadline,
  );
  await client.sensors.enable(`${pack}.watch`);
  const second = await tokenIn(ctx, file, 2);

  expect(running).toBeNull();
  expect([await readsKeys(ctx, first), await readsKeys(ctx, second)]).toEqual([401, null]);
});

const HOUR = 3_600;

/** Lifetimes as requested, and in hours. */
const LIFETIMES = [
  [undefined, 24],
  [HOUR, 1],
  [72 * HOUR, 72],
] as const;

/** A pack with a key, of which the ref is returned, and a trigger. */
async function createPackWithKey({ packs, keys, triggers }: Client, ref: string): Promise<string> {
  await packs.create({ ref, label: ref, version: '1.0.0' });
  await triggers.create({ ref: `${ref}.seen`, pack_ref: ref, label: 'seen' });
  const owner = { owner_type: 'pack', owner_pack_ref: ref } as const;
  return (await keys.create({ ref: `${ref}.key`, name: 'key', value: ref, ...owner })).ref;
}

claim('T3.48c', NEEDS, 'a token of a sensor is of its triggers, its pack and its lifetime', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'own');
  const [pack, other] = [ctx.name('pack'), ctx.name('other')];
  const keys = [await createPackWithKey(client, pack), await createPackWithKey(client, other)];
  const program = { label: 'watch', runtime_ref: 'core.shell', entrypoint: 'none.sh', enabled: false };
  const trigger_types = [`${pack}.seen`];
  const registered = `${pack}.watch`;
  await client.sensors.create({ ref: registered, pack_ref: pack, ...program, trigger_ref: trigger_types[0]! });
  const opens: Record<string, unknown> = {};
  const hours: number[][] = [];

  for (const sensor_ref of [registered, `${pack}.elsewhere`]) {
    const { token } = await client.auth.sensorToken({ sensor_ref, trigger_types });
    const sensor = createClient({ baseUrl: ctx.facts.url, token });
    const post = (pack_ref: string) => rejectionStatus(sensor.events.create({ trigger_ref: `${pack_ref}.seen` }));
    const read = await Promise.all(keys.map((ref) => sensor.keys.valueOrNull(ref)));
    opens[sensor_ref] = [...read, await post(pack), await post(other)];
  }
  for (const [ttl_seconds] of LIFETIMES) {
    const request = { sensor_ref: registered, trigger_types, ...(ttl_seconds && { ttl_seconds }) };
    const { token, expires_at } = await client.auth.sensorToken(request);
    const { iat, exp } = decodeJwt(token) as { iat: number; exp: number };
    hours.push([exp - iat, parseInstant(expires_at) / 1_000 - iat].map((seconds) => Math.round(seconds / HOUR)));
  }

  const own = [pack, null, null, 403];
  expect(opens).toEqual({ [registered]: own, [`${pack}.elsewhere`]: own });
  expect(hours).toEqual(LIFETIMES.map(([, lifetime]) => [lifetime, lifetime]));
});
