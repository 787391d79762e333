import type { VerbTestContext } from './verb-test-context';

/** Histories, analytics and the audit log. */
export async function records({ client }: VerbTestContext): Promise<void> {
  const { id } = await client.executions.execute({ action_ref: 'core.noop' });
  const [{ id: worker } = { id: 0 }] = await client.workers.list();
  const [created] = (await client.history.ofExecution(id)).slice(-1);
  expect(created).toMatchObject({ operation: 'INSERT', entity_id: id, entity_ref: 'core.noop' });
  expect(await client.history.list('execution', { entity_id: id, operation: 'INSERT' })).toEqual([created]);
  expect((await client.history.ofWorker(worker)).every(({ entity_id }) => entity_id === worker)).toBe(true);

  const { analytics } = client;
  const series = [
    ...[analytics.executionStatus, analytics.executionThroughput, analytics.eventVolume],
    ...[analytics.enforcementVolume, analytics.workerStatus],
  ];
  for (const read of series) expect((await read({ hours: 1 })).data).toBeInstanceOf(Array);
  expect((await analytics.failureRate()).total_terminal).toBeGreaterThanOrEqual(0);
  expect((await analytics.dashboard()).execution_throughput).toBeInstanceOf(Array);

  const kept = await client.retention.get();
  expect(await client.retention.update({ targets: { executions: kept.targets.executions } })).toMatchObject({
    targets: kept.targets,
  });

  const [event] = await client.auditEvents.list({ http_path: '/executions/execute', http_method: 'POST' });
  const whole = await client.auditEvents.get(event!.id);
  expect(whole).toMatchObject(event!);
  expect(await client.auditEvents.ofRequest(event!.request_id!)).toContainEqual(whole);
}
