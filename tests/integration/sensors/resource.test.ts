import { join } from 'node:path';
import type { Sensor } from '../../../contract/sensors';
import { withAdmin } from '../api/with-admin';
import { writeFiles } from '../packs/pack-source';

const { testApi: testPlatform, send } = withAdmin();
const dataOf = async <T>(response: ReturnType<typeof send>): Promise<T> => (await response).json<{ data: T }>().data;

const manifest = (ref: string) => `ref: ${ref}\nversion: 1.0.0\n`;
let sequence = 0;
const packRef = () => `watch${++sequence}`;
const register = (ref: string, files: Readonly<Record<string, string>>, force = false) =>
  send('POST', '/packs/register', {
    path: writeFiles(join(testPlatform().scratch, `${ref}-${++sequence}`), { 'pack.yaml': manifest(ref), ...files }),
    force,
  });

const files = (ref: string, triggers = '[seen, other]') => ({
  'triggers/seen.yaml': `ref: ${ref}.seen\n`,
  'triggers/other.yaml': `ref: ${ref}.other\n`,
  'sensors/watch.yaml': [
    `ref: ${ref}.door_watch`,
    'runner_type: shell',
    'entry_point: watch.sh',
    `trigger_types: ${triggers}`,
    'config: {every: 5}',
    'worker_selector: {zone: a}',
    '',
  ].join('\n'),
  'sensors/watch.sh': 'sleep 1\n',
});

test('a pack’s sensor lists its triggers, and they name it', async () => {
  const ref = packRef();
  expect((await register(ref, files(ref))).statusCode).toBe(201);

  expect(await dataOf<Sensor>(send('GET', `/sensors/${ref}.door_watch`))).toMatchObject({
    label: 'Door Watch',
    pack_ref: ref,
    entrypoint: 'watch.sh',
    runtime_ref: 'core.shell',
    trigger_ref: `${ref}.seen`,
    trigger_types: [`${ref}.seen`, `${ref}.other`],
    enabled: true,
    worker_selector: { zone: 'a' },
    worker_tolerations: [],
    worker_affinity: {},
    process: null,
  });
  const named = await Promise.all(
    ['seen', 'other'].map((name) => dataOf<{ sensor_ref?: string }>(send('GET', `/triggers/${ref}.${name}`))),
  );
  expect(named.map(({ sensor_ref }) => sensor_ref)).toEqual([`${ref}.door_watch`, `${ref}.door_watch`]);
});

test('registering again keeps the id and drops triggers and sensors not listed', async () => {
  const ref = packRef();
  await register(ref, files(ref));
  const before = await dataOf<Sensor>(send('GET', `/sensors/${ref}.door_watch`));

  await register(ref, files(ref, '[seen]'), true);
  const after = await dataOf<Sensor>(send('GET', `/sensors/${ref}.door_watch`));
  const dropped = await dataOf<{ sensor?: number }>(send('GET', `/triggers/${ref}.other`));
  expect([after.id, after.trigger_types, dropped.sensor]).toEqual([before.id, [`${ref}.seen`], undefined]);

  const rest = Object.fromEntries(Object.entries(files(ref)).filter(([path]) => path.startsWith('triggers/')));
  await register(ref, rest, true);
  expect((await send('GET', `/sensors/${ref}.door_watch`)).statusCode).toBe(404);
  expect(await dataOf<{ sensor?: number }>(send('GET', `/triggers/${ref}.seen`))).not.toHaveProperty('sensor');
});

test.each([
  ['no trigger', { trigger_types: '[]' }, /trigger_types is required/],
  ['a trigger that does not exist', { trigger_types: '[nothing]' }, /trigger .*nothing does not exist/],
  ['a file outside', { entry_point: '../actions/x.sh' }, /leaves the pack/],
])('a sensor file with %s is left out with a warning', async (_what, change, warning) => {
  const ref = packRef();
  const lines = Object.entries({ entry_point: 'watch.sh', trigger_types: '[seen]', ...change });
  const yaml = [`ref: ${ref}.bad`, 'runner_type: shell', ...lines.map(([key, value]) => `${key}: ${value}`)].join('\n');

  const response = await register(ref, { ...files(ref), 'sensors/bad.yaml': yaml });

  expect(response.json<{ message: string }>().message).toMatch(warning);
  expect((await send('GET', `/sensors/${ref}.bad`)).statusCode).toBe(404);
  expect((await send('GET', `/sensors/${ref}.door_watch`)).statusCode).toBe(200);
});

const body = (ref: string, change: object = {}) => ({
  ref: `${ref}.mine`,
  pack_ref: ref,
  label: 'Mine',
  entrypoint: 'watch.sh',
  runtime_ref: 'core.shell',
  trigger_ref: `${ref}.seen`,
  ...change,
});

test('a sensor can be created, updated, disabled, listed and deleted', async () => {
  const ref = packRef();
  await register(ref, files(ref));

  const created = await send('POST', '/sensors', body(ref, { enabled: false, log_retention_limit: 3 }));
  expect([created.statusCode, created.json<{ data: Sensor }>().data]).toMatchObject([
    201,
    { enabled: false, log_retention_limit: 3, worker_selector: {}, trigger_ref: `${ref}.seen` },
  ]);
  const changed = await dataOf<Sensor>(
    send('PUT', `/sensors/${ref}.mine`, { label: 'Ours', log_retention_limit: { op: 'clear' } }),
  );
  expect([changed.label, changed.entrypoint, changed.log_retention_limit]).toEqual(['Ours', 'watch.sh', undefined]);
  const refsIn = async (path: string) =>
    (await send('GET', path)).json<{ items: { ref: string }[] }>().items.map((item) => item.ref);
  expect(await refsIn(`/packs/${ref}/sensors`)).toEqual([`${ref}.door_watch`, `${ref}.mine`]);
  expect(await refsIn(`/triggers/${ref}.other/sensors`)).toEqual([`${ref}.door_watch`]);
  expect(await refsIn('/sensors/enabled?page_size=100')).not.toContain(`${ref}.mine`);
  expect((await dataOf<Sensor>(send('POST', `/sensors/${ref}.mine/enable`))).enabled).toBe(true);
  expect(await refsIn('/sensors/enabled?page_size=100')).toContain(`${ref}.mine`);
  expect((await dataOf<Sensor>(send('POST', `/sensors/${ref}.mine/disable`))).enabled).toBe(false);
  expect((await send('DELETE', `/sensors/${ref}.mine`)).json()).toMatchObject({ success: true });
  expect((await send('GET', `/sensors/${ref}.mine`)).statusCode).toBe(404);
});

test.each([
  ['a ref that is taken', { ref: 'REF.door_watch' }, 409],
  ['an unknown pack', { pack_ref: 'nowhere' }, 404],
  ['an unknown runtime', { runtime_ref: 'core.cobol' }, 404],
  ['an unknown trigger', { trigger_ref: 'no.where' }, 404],
  ['no trigger', { trigger_ref: undefined }, 422],
  ['a ref without a dot', { ref: 'nodot' }, 422],
  ['a limit of zero', { log_retention_limit: 0 }, 422],
  ['an empty label', { label: '' }, 422],
])('a sensor with %s is rejected', async (_what, change, status) => {
  const ref = packRef();
  await register(ref, files(ref));
  const named = JSON.parse(JSON.stringify(change).replaceAll('REF', ref)) as object;
  const request = { ...body(ref), ...change, ...named };

  expect((await send('POST', '/sensors', request)).statusCode).toBe(status);
});

test('a viewer can read sensors and change none', async () => {
  const ref = packRef();
  await register(ref, files(ref));
  const viewer = await testPlatform().createUser(`viewer-${ref}`, 'core.viewer');
  const path = `/sensors/${ref}.door_watch`;

  const responses = await Promise.all([
    send('POST', '/sensors', body(ref), viewer),
    send('PUT', path, { label: 'x' }, viewer),
    send('POST', `${path}/disable`, undefined, viewer),
    send('DELETE', path, undefined, viewer),
  ]);
  expect(responses.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403]);
  expect((await send('GET', path, undefined, viewer)).statusCode).toBe(200);
});

test('logs exist for two streams of every ref and are empty at first', async () => {
  const ref = packRef();
  await register(ref, files(ref));
  const path = `/sensors/${ref}.door_watch/logs`;

  expect((await send('GET', '/sensors/no.where/logs')).json()).toEqual({
    sensor_ref: 'no.where',
    logs: [
      { stream: 'stdout', artifact_ref: 'sensor.no.where.stdout', artifact_id: null },
      { stream: 'stderr', artifact_ref: 'sensor.no.where.stderr', artifact_id: null },
    ],
  });
  const empty = await send('GET', `${path}/stdout?tail=5`);
  expect([empty.statusCode, empty.headers['content-type'], empty.body]).toEqual([200, 'text/plain; charset=utf-8', '']);
  expect((await send('GET', `${path}/other`)).json()).toMatchObject({ code: 'VALIDATION_ERROR' });
  expect((await send('GET', `${path}/other`)).statusCode).toBe(422);
  expect((await send('GET', '/sensors/no.where/logs/stdout')).statusCode).toBe(404);
  expect((await send('GET', `${path}/stdout?tail=-1`)).statusCode).toBe(400);
});

test('a sensor’s key is deleted with it', async () => {
  const ref = packRef();
  await register(ref, files(ref));
  await send('POST', '/sensors', body(ref));
  const key = { ref: `${ref}.token`, owner_type: 'sensor', owner_sensor_ref: `${ref}.mine`, name: 'token', value: 'v' };

  const created = await send('POST', '/keys', key);
  expect([created.statusCode, created.json<{ data: object }>().data]).toMatchObject([
    201,
    { owner_sensor_ref: `${ref}.mine` },
  ]);
  await send('DELETE', `/sensors/${ref}.mine`);
  expect((await send('GET', `/keys/${ref}.token`)).statusCode).toBe(404);
});
