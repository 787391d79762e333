import pino from 'pino';
import { REDACTED } from '../../../contract/json';
import type { Queue } from '../../../contract/queues';
import { dispatchQueues } from '../../../platform/executor/queues/dispatch-queues';
import { withQueueApi } from './with-queue';

const api = withQueueApi();

test('a queue is returned whole, with defaults', async () => {
  const queue = await api.create({ is_adhoc: false, tenant: 7 } as object);

  expect(queue).toEqual({
    id: expect.any(Number) as number,
    ref: queue.ref,
    pack: null,
    pack_ref: null,
    is_adhoc: true,
    label: 'Q',
    description: null,
    enabled: true,
    accepting_new_items: true,
    dispatch_action_ref: 'core.echo',
    dispatch_action: expect.any(Number) as number,
    default_priority: 0,
    allow_pending_update: false,
    update_strategy: 'replace',
    batch_mode: 'single',
    item_schema: {},
    action_params: {},
    config: {},
    permission_set_refs: null,
    created: expect.any(String) as string,
    updated: expect.any(String) as string,
  });
  const read = await api.dataOf<Queue>(api.send('GET', `/queues/${queue.ref}`));
  expect(read.resolved_dispatch_tuning).toEqual({ concurrency: 1, batch_size: 1 });
});

test('what is missing, taken or malformed is distinguished', async () => {
  const { ref } = await api.create();
  const refused = (more: object) =>
    api.codeOf(api.send('POST', '/queues', { ref, label: 'Q', dispatch_action_ref: 'core.echo', ...more }));

  expect(await refused({ ref: '' })).toEqual([422, 'VALIDATION_ERROR']);
  expect(await refused({ pack_ref: 'nowhere' })).toEqual([404, 'NOT_FOUND']);
  expect(await refused({})).toEqual([409, 'CONFLICT']);
  expect(await refused({ ref: 'q-new', dispatch_action_ref: 'core.nothing' })).toEqual([404, 'NOT_FOUND']);
  expect(await refused({ ref: 'Q New' })).toEqual([422, 'UNPROCESSABLE_ENTITY']);
  expect((await api.send('GET', '/queues/q-new')).statusCode).toBe(404);
});

test.each([
  [{ speed: 1 }, 'config.speed'],
  [{ dispatch: { concurrency: { source: 'literal', value: 0 } } }, 'config.dispatch.concurrency.value'],
  [{ dispatch: { concurrency: { source: 'literal', value: 1, path: 'x' } } }, 'config.dispatch.concurrency.path'],
  [{ dispatch: { batch_size: { source: 'keystore' } } }, 'config.dispatch.batch_size.key_ref'],
  [{ dispatch: { coalescing: { enabled: true, group_by_path: 'a' } } }, 'config.dispatch.coalescing'],
  [{ ack_contract: { version: 0 } }, 'config.ack_contract.version'],
])('the configuration %j is refused with its path', async (config, path) => {
  const body = { ref: 'q-config', label: 'Q', dispatch_action_ref: 'core.echo', config };
  const response = await api.send('POST', '/queues', body);

  expect([response.statusCode, response.json<object>()]).toMatchObject([
    400,
    { code: 'BAD_REQUEST', details: { path } },
  ]);
  expect((await api.send('GET', '/queues/q-config')).statusCode).toBe(404);
});

test('a number that the pack declares secret tunes no queue, and is not shown', async () => {
  const conf_schema = { pin: { type: 'integer', secret: true }, size: { type: 'integer' } };
  const pack = { ref: 'tuned', label: 'Tuned', version: '1.0.0', conf_schema, config: { pin: 4711, size: 3 } };
  await api.dataOf(api.send('POST', '/packs', pack));
  const concurrencyOf = async (path: string) => {
    const dispatch = { concurrency: { source: 'pack_config', path, fallback: 2 } };
    const { ref } = await api.create({ pack_ref: 'tuned', ref: `tuned.by-${path}`, config: { dispatch } });
    const { resolved_dispatch_tuning: tuning } = await api.dataOf<Queue>(api.send('GET', `/queues/${ref}`));
    return tuning?.concurrency;
  };

  expect([await concurrencyOf('size'), await concurrencyOf('pin')]).toEqual([3, 2]);
});

test('a queue of a pack accepts its flags only and is not deleted', async () => {
  const { ref, is_adhoc } = await api.create({ pack_ref: 'demo', ref: 'demo.managed' });

  expect(is_adhoc).toBe(false);
  expect(await api.codeOf(api.send('PUT', `/queues/${ref}`, { label: 'Other' }))).toEqual([403, 'FORBIDDEN']);
  expect(await api.codeOf(api.send('DELETE', `/queues/${ref}`))).toEqual([403, 'FORBIDDEN']);
  const changed = await api.dataOf<Queue>(api.send('PUT', `/queues/${ref}`, { enabled: false }));
  expect([changed.enabled, changed.label]).toEqual([false, 'Q']);
  expect(await api.itemsOf('/packs/demo/queues')).toMatchObject([{ ref }]);
});

test.each([
  ['nothing', 'no pack', '', '', true],
  ['nothing', 'a pack', ', pack, pack_ref', `, (select id from pack where ref = 'demo'), 'demo'`, false],
  ['true', 'a pack', ', is_adhoc, pack, pack_ref', `, true, (select id from pack where ref = 'demo'), 'demo'`, true],
  ['false', 'no pack', ', is_adhoc', ', false', false],
  ['null', 'no pack', ', is_adhoc', ', null', true],
])('SQL that writes %s of is_adhoc, of a queue of %s', async (_value, _pack, columns, values, is_adhoc) => {
  const { owner } = api.api();
  const { rows } = await owner.query<Queue>(
    `insert into work_queue (ref, label, dispatch_action_ref${columns})
     values ('sql-' || gen_random_uuid(), 'Q', 'core.echo'${values}) returning ref`,
  );
  const { ref } = rows[0]!;

  expect(await api.dataOf<Queue>(api.send('GET', `/queues/${ref}`))).toMatchObject({ is_adhoc });
  expect((await api.send('PUT', `/queues/${ref}`, { label: 'Other' })).statusCode).toBe(is_adhoc ? 200 : 403);
  await owner.query('update work_queue set is_adhoc = not is_adhoc where ref = $1', [ref]);
  expect((await api.send('DELETE', `/queues/${ref}`)).statusCode).toBe(is_adhoc ? 403 : 200);
});

test('a queue that is given a pack is managed by it', async () => {
  const { ref } = await api.create();

  const change = { pack_ref: { op: 'set', value: 'demo' } };
  const given = api.dataOf<Queue>(api.send('PUT', `/queues/${ref}`, change));
  expect(await given).toMatchObject({ pack_ref: 'demo', is_adhoc: false });
  expect(await api.codeOf(api.send('DELETE', `/queues/${ref}`))).toEqual([403, 'FORBIDDEN']);
});

test.each([
  ['creates', { actions: ['create'] }, [201, 403, 403, 403]],
  ['creates some', { actions: ['create'], constraints: { refs: ['alone.create'] } }, [201, 403, 403, 403]],
  ['changes', { actions: ['update'] }, [403, 200, 200, 403]],
  ['deletes', { actions: ['delete'] }, [403, 403, 403, 200]],
  ['reads', { actions: ['read'] }, [403, 403, 403, 403]],
])('who %s queues needs no other grant for that', async (_what, grant, statuses) => {
  const { ref } = await api.create({ enabled: false });
  const holder = await api.holderOf([{ resource: 'queues', ...grant }]);
  const body = { ref: 'alone.create', label: 'Q', dispatch_action_ref: 'core.echo', enabled: false };

  const responses = [
    await api.send('POST', '/queues', body, holder),
    await api.send('PUT', `/queues/${ref}`, { label: 'Other' }, holder),
    await api.send('PUT', `/queues/${ref}`, { action_params: { message: 'x' } }, holder),
    await api.send('DELETE', `/queues/${ref}`, undefined, holder),
  ];

  expect(responses.map(({ statusCode }) => statusCode)).toEqual(statuses);
  await api.api().owner.query(`delete from work_queue where ref = 'alone.create'`);
});

test('a queue gives no permission set that its creator does not hold', async () => {
  const holder = await api.holderOf([{ resource: 'queues', actions: ['create'] }]);
  const body = { ref: 'alone.sets', label: 'Q', dispatch_action_ref: 'core.echo', permission_set_refs: ['core.admin'] };

  expect(await api.codeOf(api.send('POST', '/queues', body, holder))).toEqual([403, 'FORBIDDEN']);
  expect((await api.send('GET', '/queues/alone.sets')).statusCode).toBe(404);
});

test('a queue of no pack is changed and deleted with its items', async () => {
  const { ref } = await api.create({ description: 'old', enabled: false });
  await api.enqueue(ref, { payload: 1 });

  const change = { description: { op: 'clear' }, permission_set_refs: [], config: { ack_contract: { version: 2 } } };
  const changed = await api.dataOf<Queue>(api.send('PUT', `/queues/${ref}`, change));
  expect(changed).toMatchObject({ description: null, permission_set_refs: [], config: change.config });

  const removed = await api.send('DELETE', `/queues/${ref}`);
  expect(removed.json()).toEqual({ success: true, message: `Queue '${ref}' deleted` });
  expect(await api.codeOf(api.send('GET', `/queues/${ref}/items`))).toEqual([404, 'NOT_FOUND']);
});

test('lists are filtered by flags and text', async () => {
  const { ref } = await api.create({ label: 'Needle 100%', enabled: false });

  const refs = async (query: string) => (await api.itemsOf<Queue>(`/queues?${query}`)).map((queue) => queue.ref);
  expect(await refs('search=needle 100%25')).toEqual([ref]);
  expect(await refs('search=needle&enabled=true')).toEqual([]);
  expect(await refs('search=needle&is_adhoc=true')).toEqual([ref]);
});

test('a queue that a caller may not read does not exist for it', async () => {
  const { ref } = await api.create({ enabled: false });
  const none = await api.holderOf([]);
  const other = await api.holderOf([{ resource: 'queues', actions: ['read'], constraints: { refs: ['other'] } }]);

  expect(await api.codeOf(api.send('GET', `/queues/${ref}`, undefined, none))).toEqual([404, 'NOT_FOUND']);
  expect(await api.codeOf(api.send('GET', `/queues/${ref}/items`, undefined, none))).toEqual([404, 'NOT_FOUND']);
  expect(await api.codeOf(api.send('GET', '/queues', undefined, none))).toEqual([403, 'FORBIDDEN']);
  expect((await api.send('GET', '/queues', undefined, other)).json<{ items: object[] }>().items).toEqual([]);
  const item = { payload: 1 };
  expect(await api.codeOf(api.send('POST', `/queues/${ref}/items`, item, none))).toEqual([403, 'FORBIDDEN']);
  expect(await api.items(ref)).toEqual([]);
});

test('a secret of the pack gets into no parameter that is not secret', async () => {
  const conf_schema = { token: { type: 'string', secret: true } };
  await api.send('POST', '/packs', { ref: 'vaulted', label: 'V', version: '1.0.0', conf_schema });
  const body = { ref: 'vaulted.q', pack_ref: 'vaulted', label: 'Q', dispatch_action_ref: 'core.echo' };

  const refused = api.send('POST', '/queues', { ...body, action_params: { message: '{{ config.token }}' } });

  expect(await api.codeOf(refused)).toEqual([422, 'VALIDATION_ERROR']);
  expect((await api.send('GET', '/queues/vaulted.q')).statusCode).toBe(404);
});

test('a secret in the parameters of a queue is kept, and not shown', async () => {
  const make = (name: string, password: object) =>
    api.send('POST', '/actions', {
      ref: `demo.${name}`,
      pack_ref: 'demo',
      label: name,
      entrypoint: 'true',
      runtime_ref: 'core.shell',
      param_schema: { password },
    });
  await make('sealed', { type: 'string', secret: true });
  await make('open', { type: 'string' });
  const given = { dispatch_action_ref: 'demo.sealed', action_params: { password: 'hunter2' } };
  const shown = { password: REDACTED };

  const queue = await api.create(given);
  const put = (change: object) => api.send('PUT', `/queues/${queue.ref}`, change);
  const changed = await api.dataOf<Queue>(put({ label: 'New', action_params: queue.action_params }));
  const read = await api.dataOf<Queue>(api.send('GET', `/queues/${queue.ref}`));

  expect([queue.action_params, changed.action_params, read.action_params]).toEqual([shown, shown, shown]);
  const { rows } = await api.api().owner.query<Queue>('select action_params from work_queue where id = $1', [queue.id]);
  expect(rows).toEqual([{ action_params: given.action_params }]);
  expect(await api.codeOf(put({ dispatch_action_ref: 'demo.open' }))).toEqual([422, 'VALIDATION_ERROR']);
  const action_params = { password: 'other' };
  expect(await api.dataOf<Queue>(put({ dispatch_action_ref: 'demo.open', action_params }))).toMatchObject({
    action_params,
  });
});

test('a queue starts nothing that its creator may not execute', async () => {
  const maker = await api.holderOf([{ resource: 'queues', actions: ['create', 'read'] }]);
  const body = { ref: 'q-escalation', label: 'Q', dispatch_action_ref: 'core.echo' };
  expect((await api.send('POST', '/queues', body, maker)).statusCode).toBe(201);
  expect((await api.send('POST', '/queues/q-escalation/items', { payload: 1 }, maker)).statusCode).toBe(201);

  await dispatchQueues(api.api().db, pino({ level: 'error' }));

  expect(await api.items('q-escalation')).toMatchObject([{ status: 'queued', attempt_count: 0 }]);
});
