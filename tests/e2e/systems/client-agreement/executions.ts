import { executionToBe, logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { inquiriesToBe } from '../../../../helpers/scenario/conditions/inquiry-conditions';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { until } from '../../../../helpers/scenario/polling';
import { SUCCESS, createAction, createPack, expectNotServed, type VerbTestContext } from './verb-test-context';

/** Executions, their logs and their notifications. */
export async function executions(setup: VerbTestContext): Promise<void> {
  const { ctx, client, hasExtensions } = setup;
  const pack = await createPack(setup);
  const [echo, slow] = [
    await createAction(setup, pack, 'echo', 'echo text'),
    await createAction(setup, pack, 'slow', 'sleep 30'),
  ];
  const { id } = await client.executions.execute({ action_ref: echo.ref });
  const { id: cancelled } = await client.executions.execute({ action_ref: slow.ref });
  await until(executionToBe('completed', client, id), ctx.deadline);
  const changes = client.executions.changes(cancelled);
  const change = changes.next();
  await setup.waitForResponse('GET /api/v1/executions/stream');
  await client.executions.cancel(cancelled);
  await until(executionToBe('cancelled', client, cancelled), ctx.deadline);

  expect((await client.executions.get(id)).result).toMatchObject({ stdout: 'text\n' });
  await expect(client.executions.getWithSecrets(id)).rejects.toMatchObject({ status: 403 }); // no executions:decrypt
  expect((await client.executions.list({ pack_name: pack })).map((one) => one.id)).toEqual([cancelled, id]);
  expect(await client.executions.children(id)).toEqual([]);
  expect((await client.executions.byStatus('cancelled')).map((one) => one.id)).toContain(cancelled);
  expect((await client.executions.stats()).completed).toBeGreaterThanOrEqual(1);
  if (hasExtensions) {
    const log = await until(logToEnd(client, id), ctx.deadline);
    expect(log.at(-1)?.type).toBe('EXECUTION_COMPLETED');
    expect(await client.executions.durations({ action_ref: echo.ref })).toMatchObject([{ id, status: 'completed' }]);
    expect((await client.executions.logPage(id, { limit: 1 })).entries).toEqual(log.slice(0, 1));
    expect((await client.executions.waiting(id)).reasons).toEqual([]);
    expect(await client.executions.taskWaits(id)).toEqual([]);
    for (const request of [client.executions.pause(id), client.executions.resume(id)])
      await expect(request).rejects.toMatchObject({ status: 409, code: 'ILLEGAL_TRANSITION' });
    for (const request of [client.executions.replay(id, {}), client.executions.rerun(id, { from: 'first' })])
      await expect(request).rejects.toMatchObject({ code: 'EXECUTION_HAS_NO_STEPS' });
  } else {
    await expectNotServed(client.executions.log(id), client.executions.logPage(id, {}), client.executions.waiting(id));
    await expectNotServed(client.executions.pause(id), client.executions.resume(id), client.executions.replay(id, {}));
    await expectNotServed(client.executions.rerun(id, { from: 'first' }), client.executions.taskWaits(id));
    expect(await rejectionStatus(client.executions.durations())).toBe(400); // `durations` is no id
  }
  expect((await client.executions.tree(id)).stdout_tail).toBe('text\n');
  expect((await change).value).toMatchObject({ data: expect.stringContaining(`${cancelled}`) as string });
  await changes.return(undefined);
  const receivedEvents = [];
  for await (const { event } of client.executions.logs(id, 'stdout')) receivedEvents.push(event);
  expect(receivedEvents).toEqual(['content', 'done']);
}

/** Artifacts with the output of executions. */
export async function artifacts(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const { ref } = await createAction(setup, await createPack(setup), 'talk', 'echo text');
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
  expect(await client.artifacts.download(id)).toBe('text\n');
  expect(await client.artifacts.downloadVersion(id, 1)).toBe('text\n');
  const receivedEvents = [];
  for await (const { event, data } of client.artifacts.follow(id)) receivedEvents.push([event, data]);
  expect(receivedEvents).toEqual([
    ['content', 'text\n'],
    ['done', ''],
  ]);
  await writtenArtifacts(setup, ref);
}

async function writtenArtifacts({ ctx, client }: VerbTestContext, action: string): Promise<void> {
  const owner = { scope: 'action', owner: action } as const;
  const { id } = await client.artifacts.create({ ...owner, ref: ctx.name('progress'), type: 'progress' });
  ctx.defer(() => ctx.client.artifacts.remove(id));
  expect((await client.artifacts.appendProgress(id, { percent: 5 })).data).toEqual([{ percent: 5 }]);
  expect((await client.artifacts.replaceData(id, [1])).data).toEqual([1]);
  const name = { name: { op: 'set', value: 'named' } } as const;
  expect(await client.artifacts.update(id, name)).toMatchObject({ id, name: 'named', data: [1] });
  expect(await client.artifacts.addVersion(id, { content: { n: 1 } })).toMatchObject({ version: 1, artifact: id });
  expect(await client.artifacts.upload(id, Buffer.from('two'))).toMatchObject({ version: 2, size_bytes: 3 });
  expect(String(await client.artifacts.downloadBytes(id))).toBe('two');
  expect(await client.artifacts.removeVersion(id, 2)).toMatchObject(SUCCESS);

  const file = await client.artifacts.addFileByRef(`${ctx.name('file')}.txt`, owner);
  expect(file.file_path).toMatch(/\/txt\/v1\.txt$/);
  expect((await client.artifacts.addFile(file.artifact)).file_path).toBe(file.file_path?.replace(/v1\.txt$/, 'v2.txt'));
  expect(await client.artifacts.remove(file.artifact)).toMatchObject(SUCCESS);

  const upload = await client.artifacts.uploadByRef(ctx.name('upload'), Buffer.from('one'), owner);
  expect(upload).toMatchObject({ version: 1, size_bytes: 3 });
  expect(await client.artifacts.remove(upload.artifact)).toMatchObject(SUCCESS);
}

/** Inquiries. */
export async function inquiries(setup: VerbTestContext): Promise<void> {
  const { ctx, client } = setup;
  const pack = await createPack(setup);
  const { ref } = await createAction(setup, pack, 'noop', 'true');
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
  expect(await client.inquiries.remove(second.inquiry)).toMatchObject(SUCCESS);
}
