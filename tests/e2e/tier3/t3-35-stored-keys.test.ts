// Spec: a key gives its value to the readers of its owner, as it is now, and to no one else.
import { createClient, type Client } from '../../../helpers/client/client';
import { nullOn404 } from '../../../helpers/client/null-on-not-found';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { openNotifierSocket } from '../../../helpers/scenario/resources/notifications';
import { expectHidden } from '../../../helpers/scenario/resources/secret-encodings';
import { createKeyPlaces, createSensor, givenTo } from '../support/key-ways/read-places';
import { createSecretPaths, recordsOf } from '../support/key-ways/secret-paths';
import {
  foundBySearch,
  keyTable,
  renewed,
  storeKeys,
  valuesReadBy,
  VALUES,
  type KeyValue,
  type Owners,
  type StoredKey,
} from '../support/key-ways/stored-table';

const NEEDS = [
  'keys.encryption',
  'workflows.keystore',
  'ownership',
  'rbac',
  'ledger.shared',
  'clock.virtual',
  'templates.filters',
];

/** What the processes must be given of these keys. */
const expectedOf = (
  keys: readonly StoredKey[],
): { own: Record<string, KeyValue>; other: Record<string, KeyValue> } => ({
  own: { ...valuesReadBy(keys, 'own'), copies: valuesReadBy(keys, 'keystore') },
  other: valuesReadBy(keys, 'other'),
});

const keystoreNames = (keys: readonly StoredKey[]): string[] => Object.keys(valuesReadBy(keys, 'keystore'));

const ABSENT = 'absent';

/** What a client is shown of each key, by its ref. */
async function shownTo({ keys }: Client, stored: readonly StoredKey[]): Promise<Record<string, KeyValue>> {
  const shown = stored.map(async ({ ref }) => {
    const key = await nullOn404(keys.get(ref));
    return [ref, key === null ? ABSENT : key.value] as const;
  });
  return Object.fromEntries(await Promise.all(shown));
}

/** A client with the token of the process of a sensor. */
async function sensorClient({ client, facts }: Context, { sensor: sensor_ref }: Owners): Promise<Client> {
  const { trigger_types = [] } = await client.sensors.get(sensor_ref);
  const { token } = await client.auth.sensorToken({ sensor_ref, trigger_types });
  return createClient({ baseUrl: facts.url, token });
}

const byRef = (keys: readonly StoredKey[], shown: (key: StoredKey) => KeyValue): Record<string, KeyValue> =>
  Object.fromEntries(keys.map((key) => [key.ref, shown(key)]));

claim.time('T3.35a', NEEDS, 'a value of each type is read by the readers of its owner alone', async (ctx) => {
  const keys = keyTable(ctx.nonce, Object.keys(VALUES));
  const { owners, read } = await createKeyPlaces(ctx, keystoreNames(keys));
  await storeKeys(ctx, keys, owners);
  const [viewer, none] = [await createTestUser(ctx, 'core.viewer'), await createTestUser(ctx, null)];
  const samples = keys.filter(({ kind }) => kind === 'text');

  const given = await read();
  const listed = (await viewer.client.keys.list()).map(({ name }) => name).sort();

  expect(given).toEqual(expectedOf(keys));
  expect(await shownTo(ctx.client, keys)).toEqual(byRef(keys, ({ value }) => value));
  const toViewer = ({ type, encrypted, value }: StoredKey): KeyValue =>
    type === 'identity' ? ABSENT : encrypted ? null : value;
  expect(await shownTo(viewer.client, samples)).toEqual(byRef(samples, toViewer));
  expect(await shownTo(none.client, samples)).toEqual(byRef(samples, () => ABSENT));
  const toSensor = ({ type, value }: StoredKey): KeyValue => (['sensor', 'pack'].includes(type) ? value : ABSENT);
  expect(await shownTo(await sensorClient(ctx, owners), samples)).toEqual(byRef(samples, toSensor));
  expect(listed).toEqual(keys.flatMap(({ type, name }) => (type === 'identity' ? [] : name)).sort());
});

const LIFETIME_SECONDS = 60;

/** Gives each key another value, and a lifetime. */
const change = (ctx: Context, keys: readonly StoredKey[]): Promise<StoredKey[]> =>
  Promise.all(
    keys.map(async (key) => {
      const value = `changed ${key.ref} ${ctx.nonce}`;
      await ctx.client.keys.update(key.ref, { value, ttl_seconds: LIFETIME_SECONDS });
      return { ...key, value };
    }),
  );

const EXPIRY = [...NEEDS, 'keys.ttl', 'search'];

claim.time('T3.35b', EXPIRY, 'each reader gets the changed value, until its end', async (ctx) => {
  const before = keyTable(ctx.nonce, ['text']);
  const { owners, read } = await createKeyPlaces(ctx, keystoreNames(before));
  await storeKeys(ctx, before, owners);
  const first = await read();
  const changed = await change(ctx, before);

  const second = [await read(), await shownTo(ctx.client, changed), await foundBySearch(ctx.client, changed)];
  await ctx.time.pass(LIFETIME_SECONDS);
  const found = await foundBySearch(ctx.client, changed);
  const last = [await read(), await shownTo(ctx.client, changed), await ctx.client.keys.list(), found];
  await storeKeys(ctx, renewed(before), owners); // the names of expired keys are free

  expect(first).toEqual(expectedOf(before));
  const refs = changed.map(({ ref }) => ref);
  expect(second).toEqual([expectedOf(changed), byRef(changed, ({ value }) => value), refs]);
  const copies = Object.fromEntries(keystoreNames(before).map((name) => [name, ABSENT]));
  expect(last).toEqual([{ own: { copies }, other: {} }, byRef(changed, () => ABSENT), [], []]);
  expect((await ctx.client.keys.list()).map(({ ref }) => ref)).toEqual(
    renewed(before)
      .map(({ ref }) => ref)
      .sort(),
  );
});

/** Executions that get a secret: four tasks, three more items of one of them, and the rule's. */
const PATHS = 8;
/** The object and the list, whose texts are secret. */
const MASKED = '{"user":"***","nested":{"port":5432,"tags":["x",null],"on":false}} ["***",1.5,true,{"of":"***"}]';
const textOf = (keys: readonly StoredKey[], key: string) => keys.find(({ name }) => name === key)!.value as string;

const RECORDS = [
  ...NEEDS,
  'connections',
  'secrets.redaction',
  'notify.executions',
  'executions.log',
  'executions.history',
];

claim.time('T3.35c', RECORDS, 'a secret on each path to a program appears in no record', async (ctx) => {
  const word = ctx.name('word');
  const keys = keyTable(ctx.nonce, ['object', 'list', 'text']).filter(({ encrypted }) => encrypted);
  const { pack, action, run } = await createSecretPaths(ctx, word);
  const sensor = await createSensor(ctx, pack);
  const { id: identity } = await ctx.client.auth.me();
  await storeKeys(ctx, keys, { pack, action, sensor, identity });
  const socket = await openNotifierSocket(ctx, ['all']);

  const executions = await run();

  const records = await recordsOf(ctx, pack, executions);
  const copies = records.executions.flatMap(({ config }) => config?.copies ?? []);
  expect(copies).toEqual(Array<object>(PATHS).fill({ $attune_secret: true, redacted: true }));
  expect(records.stdout.join('')).toBe(`${word} *** ${MASKED} *** ${word}\n***`);
  expect(givenTo(ctx, 'around')).toMatchObject({
    copies: `Bearer ${textOf(keys, 'system_secret_text')}!`,
  });
  for (const { name } of keys) expectHidden(`${name}-${ctx.nonce}`, word, { records, notified: socket.notifications });
});
