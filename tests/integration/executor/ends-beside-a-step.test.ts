// A child that ends while a step of its workflow runs.
import { Client } from 'pg';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { livenessDeadline } from '../liveness';
import { failed, withExecutor } from './with-executor';

const platform = withExecutor();

/** Runs `work` while no session can read keys; `step` has started, and waits for them. */
async function whileKeysAreLocked(step: () => Promise<void>, work: () => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: platform.url() });
  await client.connect();
  try {
    await client.query('begin');
    await client.query('lock table key in access exclusive mode');
    const running = step();
    const waits = async () =>
      (await platform.queryAsOwner(`select from pg_locks where relation = 'key'::regclass and not granted`)).length > 0;
    await until(predicateToHold('the step to wait for the keys', waits), livenessDeadline());
    await work();
    await client.query('commit');
    await running;
  } finally {
    await client.end();
  }
}

test('a pause counts from an end that came after the step had started', async () => {
  const retried = { name: 'retried', action: 'test.act', retry: { count: 1, delay: 60 } };
  const definition = { tasks: [retried], output_map: { key: '{{ keystore.any }}' } };
  const id = await platform.startWorkflow('retries', definition);
  await platform.dispatch();
  const [attempt] = await platform.claim();
  await platform.start(attempt!);

  await whileKeysAreLocked(
    () => platform.advance(id),
    () => platform.finish(attempt!, failed()),
  );

  const pauses = await platform.queryAsOwner(
    `select extract(epoch from retry.due_at - first.finished_at) >= 60 as is_whole
     from execution first join execution retry on retry.original_execution = first.id and retry.id <> first.id
     where first.parent = ${id}`,
  );
  expect(pauses).toEqual([{ is_whole: true }]);
});
