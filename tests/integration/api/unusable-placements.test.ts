import type { JsonObject } from '../../../contract/json';
import { withWebhook } from './with-webhook';

const { send } = withWebhook();

const component = (ref: string) => ({ ref: `demo.${ref}`, pack_ref: 'demo', label: 'Placed' });
const ACTION = { ...component('placed-action'), entrypoint: 'true', runtime_ref: 'core.shell' };
const SENSOR = { ...component('placed-sensor'), entrypoint: 'none.sh', runtime_ref: 'core.shell', enabled: false };

/** Each request that a placement can be a part of. */
const REQUESTS: readonly (readonly ['POST' | 'PUT', string, JsonObject])[] = [
  ['POST', '/executions/execute', { action_ref: 'core.noop' }],
  ['POST', '/actions', { ...ACTION, ref: 'demo.other-action' }],
  ['PUT', `/actions/${ACTION.ref}`, {}],
  ['POST', '/sensors', { ...SENSOR, ref: 'demo.other-sensor', trigger_ref: 'core.alert' }],
  ['PUT', `/sensors/${SENSOR.ref}`, {}],
];

beforeAll(async () => {
  expect((await send('POST', '/actions', ACTION)).statusCode).toBe(201);
  expect((await send('POST', '/sensors', { ...SENSOR, trigger_ref: 'core.alert' })).statusCode).toBe(201);
});

test.each<[string, JsonObject]>([
  ['worker_affinity/required', { worker_affinity: { required: 'x' } }],
  [
    'worker_affinity/required/0/match_expressions/0/operator',
    { worker_affinity: { required: [{ match_expressions: [{ key: 'zone', operator: 'near' }] }] } },
  ],
  ['worker_tolerations/0/key', { worker_tolerations: [{ key: ' ' }] }],
  ['worker_selector/', { worker_selector: { '': 'x' } }],
  ['worker_selector/zone', { worker_selector: { zone: 1 } }],
])('an unusable placement is rejected: %s', async (path, placement) => {
  for (const [method, url, body] of REQUESTS) {
    const response = await send(method, url, { ...body, ...placement });

    expect([url, response.statusCode, response.json()]).toMatchObject([
      url,
      400,
      { code: 'BAD_REQUEST', details: { path } },
    ]);
  }
});
