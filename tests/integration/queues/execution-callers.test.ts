import type { QueueItem } from '../../../contract/queues/queues';
import { signToken } from '../../../platform/auth/tokens';
import { SECRET } from '../api/with-api';
import { withQueueApi } from './with-queue';

const api = withQueueApi();

/** The token of a running execution that holds a permission set of these actions on queues. */
async function executionToken(actions: readonly string[]): Promise<{ token: string; identity: number }> {
  const { owner } = api.api();
  const set = `test.queues-${actions.join('-') || 'none'}`;
  const grants = JSON.stringify(actions.length === 0 ? [] : [{ resource: 'queues', actions }]);
  const { rows } = await owner.query<{ identity: number; execution: number }>(
    `with held as (insert into permission_set (ref, grants) values ($1, $2) returning id),
      running as (insert into execution (action_ref, status, started_at, executor)
        select 'core.echo', 'running', platform_now(), i.id from identity i order by i.id limit 1 returning id, executor)
     select running.id as execution, running.executor as identity from running, held`,
    [set, grants],
  );
  const { identity, execution } = rows[0]!;
  const token = await signToken(SECRET, {
    ...{ identity, login: `execution:${execution}`, tenant: 1, tokenType: 'execution', seconds: 600 },
    ...{
      scope: 'execution',
      metadata: { execution_id: execution, action_ref: 'core.echo', permission_set_refs: [set] },
    },
  });
  return { token, identity };
}

test('a running action with the grant adds an item, as its identity', async () => {
  const { ref } = await api.create({ enabled: false });
  const { token, identity } = await executionToken(['read', 'create']);

  const response = await api.send('POST', `/queues/${ref}/items`, { payload: { n: 1 } }, token);

  expect(response.statusCode).toBe(201);
  expect(response.json<{ data: QueueItem }>().data).toMatchObject({
    ...{ requested_by_identity: identity, requested_by_execution: null, enqueue_source: 'api', status: 'queued' },
  });
});

test('a running action without a grant finds no queue and changes none', async () => {
  const { ref } = await api.create({ enabled: false });
  const { token } = await executionToken([]);
  const add = api.send('POST', `/queues/${ref}/items`, { payload: 1 }, token);

  expect(await api.codeOf(add)).toEqual([403, 'FORBIDDEN']);
  expect(await api.codeOf(api.send('GET', `/queues/${ref}`, undefined, token))).toEqual([404, 'NOT_FOUND']);
  expect(await api.codeOf(api.send('GET', '/queues', undefined, token))).toEqual([403, 'FORBIDDEN']);
  expect(await api.items(ref)).toEqual([]);
});

test('a running action changes and removes items only with these grants', async () => {
  const { ref } = await api.create({ enabled: false });
  const item = (await api.enqueue(ref, { payload: 1 })).json<{ data: QueueItem }>().data;
  const path = `/queues/${ref}/items/${item.id}`;
  const { token: reader } = await executionToken(['read']);
  const { token: writer } = await executionToken(['read', 'update', 'delete']);

  const denied = [
    await api.send('PUT', path, { priority: 2 }, reader),
    await api.send('DELETE', path, undefined, reader),
    await api.send('PUT', `/queues/${ref}`, { enabled: true }, reader),
  ];
  expect(denied.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);

  expect((await api.send('PUT', path, { priority: 2 }, writer)).statusCode).toBe(200);
  expect((await api.items(ref)).map(({ priority }) => priority)).toEqual([2]);
  expect((await api.send('DELETE', path, undefined, writer)).statusCode).toBe(200);
  expect(await api.items(ref)).toEqual([]);
});
