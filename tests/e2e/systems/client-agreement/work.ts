import { executionToBe } from '../../../../helpers/conditions';
import { inquiriesToBe } from '../../../../helpers/inquiry-conditions';
import { until } from '../../../../helpers/polling';
import { DONE, newAction, newPack, type Guide } from './guide';

/** Executions, and all that is told of them. */
export async function executions(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const pack = await newPack(guide);
  const [echo, slow] = [
    await newAction(guide, pack, 'echo', 'echo said'),
    await newAction(guide, pack, 'slow', 'sleep 30'),
  ];
  const { id } = await client.executions.execute({ action_ref: echo.ref });
  const { id: waiting } = await client.executions.execute({ action_ref: slow.ref });
  await until(executionToBe('completed', client, id), ctx.deadline);
  const changes = client.executions.changes(waiting);
  const change = changes.next();
  await guide.heard('GET /api/v1/executions/stream');
  await client.executions.cancel(waiting);
  await until(executionToBe('cancelled', client, waiting), ctx.deadline);

  expect((await client.executions.get(id)).result).toMatchObject({ stdout: 'said\n' });
  expect((await client.executions.list({ pack_name: pack })).map((one) => one.id)).toEqual([waiting, id]);
  expect(await client.executions.children(id)).toEqual([]);
  expect((await client.executions.byStatus('cancelled')).map((one) => one.id)).toContain(waiting);
  expect((await client.executions.stats()).completed).toBeGreaterThanOrEqual(1);
  expect((await client.executions.log(id)).at(-1)?.type).toBe('EXECUTION_COMPLETED');
  expect((await client.executions.tree(id)).stdout_tail).toBe('said\n');
  expect((await change).value).toMatchObject({ data: expect.stringContaining(`${waiting}`) as string });
  await changes.return(undefined);
  const told = [];
  for await (const { event } of client.executions.logs(id, 'stdout')) told.push(event);
  expect(told).toEqual(['content', 'done']);
}

/** What executions leave behind. */
export async function artifacts(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const { ref } = await newAction(guide, await newPack(guide), 'talk', 'echo said');
  const { id: execution } = await client.executions.execute({ action_ref: ref });
  await until(executionToBe('completed', client, execution), ctx.deadline);

  const [log] = await client.artifacts.ofExecution(execution);
  const id = log!.id;
  expect(log).toMatchObject({ ref: `${ref}.stdout.log`, owner: ref, size_bytes: 5 });
  expect(await client.artifacts.list({ execution })).toEqual([log]);
  expect(await client.artifacts.get(id)).toEqual(await client.artifacts.byRef(log!.ref));
  const [version] = await client.artifacts.versions(id);
  expect(version).toMatchObject({ version: 1, execution });
  expect(await client.artifacts.latest(id)).toEqual({ ...version, artifact: id });
  expect(await client.artifacts.version(id, 1)).toEqual({ ...version, artifact: id });
  expect(await client.artifacts.download(id)).toBe('said\n');
  expect(await client.artifacts.downloadVersion(id, 1)).toBe('said\n');
  const told = [];
  for await (const { event, data } of client.artifacts.follow(id)) told.push([event, data]);
  expect(told).toEqual([
    ['content', 'said\n'],
    ['done', ''],
  ]);
}

/** Questions. */
export async function inquiries(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const pack = await newPack(guide);
  const { ref } = await newAction(guide, pack, 'asked', 'true');
  const ids = await Promise.all(
    ['answered', 'removed'].map(async (prompt) => {
      const { id: execution } = await client.executions.execute({ action_ref: ref });
      await until(executionToBe('completed', client, execution), ctx.deadline);
      return { execution, inquiry: (await client.inquiries.create({ execution, prompt })).id };
    }),
  );
  const [first, second] = [ids[0]!, ids[1]!];

  await until(inquiriesToBe(1, client, { execution: first.execution, status: 'pending' }), ctx.deadline);
  expect((await client.inquiries.get(first.inquiry)).prompt).toBe('answered');
  expect((await client.inquiries.ofExecution(first.execution)).map(({ id }) => id)).toEqual([first.inquiry]);
  expect((await client.inquiries.byStatus('pending')).map(({ id }) => id)).toContain(second.inquiry);
  expect((await client.inquiries.list({ execution: first.execution })).length).toBe(1);
  expect((await client.inquiries.page({}, { limit: 1, offset: 0 })).items).toHaveLength(1);
  const { id: me } = await client.auth.me();
  expect(await client.inquiries.update(first.inquiry, { assigned_to: me })).toMatchObject({
    assigned_to: me,
  });
  expect(await client.inquiries.respond(first.inquiry, { yes: true })).toMatchObject({ status: 'responded' });
  expect(await client.inquiries.remove(second.inquiry)).toMatchObject(DONE);
}
