// What a private pack contains follows its owner; that it has components is open, as in Attune.
import type { InjectOptions } from 'fastify';
import type { Page } from '../../../../contract/envelopes';
import type { JsonObject } from '../../../../contract/json';
import { createGrantHolder } from '../grant-holder';
import { withApi } from '../with-api';

const testApi = withApi();
const TEXT = 'echo text-of-the-owner';
let owner: string;
let otherUser: string;
let reader: string;

const send = (method: InjectOptions['method'], path: string, token: string, payload?: object) =>
  testApi().send({ method: method!, url: `/api/v1${path}`, ...(payload && { payload }) }, token);

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
    const { statusCode, body: text } = await send('POST', path, owner, body);
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
    [owner, reader, otherUser].map(async (token) => (await send('GET', path, token)).body),
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
    const answers = [owner, reader, otherUser].map((token) => send('GET', `/workflows/private.flow${path}`, token));

    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 404]);
  },
);

test('another user sees that there is an action, and its parameters', async () => {
  const { data } = (await send('GET', '/actions/private.act', otherUser)).json<{ data: JsonObject }>();
  const { items } = (await send('GET', '/packs/private/actions', otherUser)).json<Page<JsonObject>>();

  expect(data).toMatchObject({
    ref: 'private.act',
    label: 'Act',
    entrypoint: '',
    param_schema: { to: { type: 'string' } },
  });
  expect(items.map(({ ref }) => ref)).toEqual(['private.act', 'private.flow']);
});
