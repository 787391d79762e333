import { SUCCESS, createPack, expectNoMethod, type VerbTestContext } from './verb-test-context';

/** Work queues that dispatch nothing, and their items. */
export async function queues(setup: VerbTestContext): Promise<void> {
  const { ctx, client, hasExtensions } = setup;
  const ref = ctx.name('queue');
  const body = { ref, label: 'Queue', dispatch_action_ref: 'core.noop', enabled: false };
  expect(await client.queues.create(body)).toMatchObject({ ref, is_adhoc: true, enabled: false });
  ctx.defer(() => ctx.client.queues.remove(ref));
  expect(await client.queues.update(ref, { label: 'Changed' })).toMatchObject({ ref, label: 'Changed' });
  expect((await client.queues.get(ref)).label).toBe('Changed');
  expect((await client.queues.list()).map((queue) => queue.ref)).toContain(ref);
  expect(await client.queues.ofPack(await createPack(setup))).toEqual([]);

  const item = await client.queues.enqueue(ref, { payload: { n: 1 } });
  expect(item).toMatchObject({ queue_ref: ref, status: 'queued', payload: { n: 1 } });
  expect(await client.queues.updateItem(ref, item.id, { priority: 5 })).toMatchObject({ id: item.id, priority: 5 });
  expect((await client.queues.items(ref)).map(({ id }) => id)).toEqual([item.id]);
  if (hasExtensions) expect((await client.queues.item(ref, item.id)).priority).toBe(5);
  else await expectNoMethod(client.queues.item(ref, item.id));
  expect(await client.queues.removeItem(ref, item.id)).toMatchObject(SUCCESS);

  const removed = { ...body, ref: ctx.name('removed') };
  await client.queues.create(removed);
  expect(await client.queues.remove(removed.ref)).toMatchObject(SUCCESS);
}
