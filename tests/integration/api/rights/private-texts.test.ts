// What a private pack contains follows its owner; that it has components is open, as in Attune.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Page } from '../../../../contract/envelopes';
import type { JsonObject } from '../../../../contract/json';
import type { Sensor } from '../../../../contract/sensors';
import { sensorLogPath } from '../../../../platform/base/directories';
import { createGrantHolder } from '../grant-holder';
import { withAdmin } from '../with-admin';

const { testApi, send } = withAdmin();
const TEXT = 'echo text-of-the-owner';
let owner: string;
let otherUser: string;
let reader: string;

beforeAll(async () => {
  owner = await testApi().logIn();
  otherUser = await createGrantHolder(testApi().owner, []);
  reader = await createGrantHolder(testApi().owner, [
    { resource: 'packs', actions: ['read'], constraints: { pack_refs: ['private'] } },
  ]);
  const pack_ref = 'private';
  const param_schema = { to: { type: 'string' } };
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.echo', input: { message: TEXT } }] };
  const bodies: readonly (readonly [string, object])[] = [
    ['/packs', { ref: pack_ref, label: 'Private', version: '1.0.0' }],
    [
      '/actions',
      { ref: 'private.act', pack_ref, label: 'Act', entrypoint: TEXT, runtime_ref: 'core.shell', param_schema },
    ],
    ['/triggers', { ref: 'private.happened', pack_ref, label: 'Happened' }],
    [
      '/sensors',
      {
        ref: 'private.sensor',
        pack_ref,
        label: 'Sensor',
        entrypoint: TEXT,
        runtime_ref: 'core.python',
        trigger_ref: 'private.happened',
      },
    ],
    ['/workflows', { ref: 'private.flow', pack_ref, label: 'Flow', version: '1.0.0', definition }],
    ['/workflows/private.flow/revisions', { definition }],
  ];
  for (const [path, body] of bodies) {
    const { statusCode, body: text } = await send('POST', path, body, owner);
    if (statusCode !== 201) throw new Error(`${path}: ${text}`);
  }
});

const PATHS = [
  '/actions/private.act',
  '/actions?page_size=100',
  '/actions?page_size=100&executable_with_current_access=true',
  '/packs/private/actions',
  '/sensors/private.sensor',
  '/workflows/private.flow',
  '/workflows/private.flow/revisions/1',
  '/workflows/private.flow/revisions/1/explanation',
];

test.each(PATHS)('AZ-11 GET %s shows a private text to its readers only', async (path) => {
  const texts = await Promise.all(
    [owner, reader, otherUser].map(async (token) => (await send('GET', path, undefined, token)).body),
  );
  const isListOfExecutable = path.endsWith('true');
  const isExplanation = path.endsWith('explanation');

  expect(texts.map((text) => text.includes('text-of-the-owner'))).toEqual(
    isExplanation ? [false, false, false] : [true, !isListOfExecutable, false],
  );
});

test.each(['', '/revisions', '/revisions/1', '/revisions/1/explanation'])(
  'a private workflow%s does not exist for another user',
  async (path) => {
    const answers = [owner, reader, otherUser].map((token) =>
      send('GET', `/workflows/private.flow${path}`, undefined, token),
    );

    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 404]);
  },
);

describe('the sensor of a private pack', () => {
  const path = '/sensors/private.sensor/logs/stderr';

  beforeAll(async () => {
    const { owner: database, directory } = testApi();
    const { rows } = await database.query<{ id: number; tenant: number }>(
      "select id, tenant from sensor where ref = 'private.sensor'",
    );
    const [{ id, tenant }] = rows as [{ id: number; tenant: number }];
    const log = sensorLogPath({ directory }, { tenant, ref: 'private.sensor' }, 'stderr');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, 'text-of-the-owner\n');
    await database.query(
      `insert into sensor_process (sensor, tenant, status, error) values ($1, $2, 'failed', 'text-of-the-owner')`,
      [id, tenant],
    );
  });

  test('AZ-11 has a log for its readers only', async () => {
    const answers = await Promise.all([owner, reader, otherUser].map((token) => send('GET', path, undefined, token)));

    expect(answers.map(({ statusCode, body }) => [statusCode, body.includes('text-of-the-owner')])).toEqual([
      [200, true],
      [200, true],
      [404, false],
    ]);
    const unknown = await send('GET', path.replace('private.sensor/', 'private.missing/'), undefined, otherUser);
    expect(answers[2]!.body.replace('private.sensor', 'private.missing')).toBe(unknown.body);
  });

  test('AZ-11 shows the error of its process to its readers only', async () => {
    const shown = await Promise.all(
      [owner, reader, otherUser].map((token) => send('GET', '/sensors/private.sensor', undefined, token)),
    );

    const error = 'text-of-the-owner';
    expect(shown.map((response) => response.json<{ data: Sensor }>().data.process)).toMatchObject([
      { status: 'failed', error },
      { status: 'failed', error },
      { status: 'failed', error: '' },
    ]);
  });

  test('reads its own log', async () => {
    const payload = { sensor_ref: 'private.sensor', trigger_types: ['private.happened'] };
    const created = await testApi().send({ method: 'POST', url: '/auth/sensor-token', payload }, owner);
    const { token } = created.json<{ data: { token: string } }>().data;

    expect((await send('GET', path, undefined, token)).body).toBe('text-of-the-owner\n');
  });
});

test('AZ-11 a private workflow is replayed for its readers only', async () => {
  const grants = [{ resource: 'executions', actions: ['read'] }];
  const watcher = await createGrantHolder(testApi().owner, grants);
  const readsBoth = await createGrantHolder(testApi().owner, [
    ...grants,
    { resource: 'packs', actions: ['read'], constraints: { pack_refs: ['private'] } },
  ]);
  const created = await send('POST', '/executions/execute', { action_ref: 'private.flow' }, owner);
  const { id } = created.json<{ data: { id: number } }>().data;

  const answers = await Promise.all(
    [owner, readsBoth, watcher].map((token) => send('POST', `/executions/${id}/replay`, {}, token)),
  );

  expect(answers.map((answer) => answer.json<{ code: string }>().code)).toEqual([
    'EXECUTION_HAS_NO_STEPS',
    'EXECUTION_HAS_NO_STEPS',
    'NOT_FOUND',
  ]);
});

test('another user sees that there is an action, and its parameters', async () => {
  const { data } = (await send('GET', '/actions/private.act', undefined, otherUser)).json<{ data: JsonObject }>();
  const { items } = (await send('GET', '/packs/private/actions', undefined, otherUser)).json<Page<JsonObject>>();

  expect(data).toMatchObject({
    ref: 'private.act',
    label: 'Act',
    entrypoint: '',
    param_schema: { to: { type: 'string' } },
  });
  expect(items.map(({ ref }) => ref)).toEqual(['private.act', 'private.flow']);
});
