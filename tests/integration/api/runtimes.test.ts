import type { Runtime } from '../../../contract/runtimes';
import { withWebhook } from './with-webhook';

const webhook = withWebhook();
const { send } = webhook;

const CONFIG = { interpreter: { binary: 'cobol', args: ['-x'], file_extension: '.cob' }, env_vars: { A: '1' } };
const body = (ref: string, change: object = {}) => ({
  ref,
  pack_ref: 'demo',
  name: 'cobol',
  distributions: { linux: true },
  execution_config: CONFIG,
  ...change,
});

test('a runtime is created, read, changed and deleted', async () => {
  const created = await send(
    'POST',
    '/runtimes',
    body('demo.cobol', { description: 'Old', installation: { from: 'x' } }),
  );
  expect([created.statusCode, created.json<{ data: Runtime }>().data]).toMatchObject([
    201,
    { ref: 'demo.cobol', pack_ref: 'demo', name: 'cobol', description: 'Old', execution_config: CONFIG },
  ]);

  const changed = await webhook.dataOf<Runtime>(
    send('PUT', '/runtimes/demo.cobol', { name: 'COBOL', description: { op: 'clear' }, installation: { op: 'clear' } }),
  );
  expect(changed).toMatchObject({
    name: 'COBOL',
    description: null,
    installation: null,
    distributions: { linux: true },
  });
  expect((await webhook.itemsOf<Runtime>('/packs/demo/runtimes')).map(({ ref }) => ref)).toEqual(['demo.cobol']);
  expect((await send('DELETE', '/runtimes/demo.cobol')).json()).toMatchObject({ success: true });
  expect((await send('GET', '/runtimes/demo.cobol')).statusCode).toBe(404);
});

test.each<[string, object, number]>([
  ['a ref that is taken', body('core.python'), 409],
  ['an unknown pack', body('demo.other', { pack_ref: 'nowhere' }), 404],
  ['a ref in capitals', body('demo.Other'), 422],
  ['no execution_config', { ...body('demo.other'), execution_config: undefined }, 422],
  ['an empty description', body('demo.other', { description: '' }), 422],
])('%s is rejected', async (_what, expected, status) => {
  expect((await send('POST', '/runtimes', expected)).statusCode).toBe(status);
});

test('shipped runtimes are read-only, and every route needs its grant', async () => {
  const viewer = await webhook.holderOf([{ resource: 'runtimes', actions: ['read'] }]);

  expect((await send('PUT', '/runtimes/core.python', { name: 'x' })).statusCode).toBe(403);
  expect((await send('DELETE', '/runtimes/core.python')).statusCode).toBe(403);
  expect((await send('POST', '/runtimes', body('demo.new'), viewer)).statusCode).toBe(403);
  expect((await send('GET', '/runtimes/core.python', undefined, viewer)).statusCode).toBe(200);
  expect((await send('GET', '/runtimes', undefined, await webhook.holderOf([]))).statusCode).toBe(403);
});
