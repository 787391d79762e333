import type { Event } from '../../../contract/events';
import type { JsonObject } from '../../../contract/json';
import { until } from '../../../helpers/scenario/polling';
import { withPlatform } from '../executor/with-platform';

const platform = withPlatform('jobs');
const LIMIT_MS = 20_000;

const ACK = `id=$(printf '%s' "$item" | sed 's/.*"id":\\([0-9]*\\).*/\\1/')
printf '{"queue_ack":{"version":1,"items":[{"id":%s,"status":"completed","summary":{"by":"shell"}}]}}\\n' "$id"`;

const action = async (name: string, entrypoint: string): Promise<string> => {
  const body = { ref: `jobs.${name}`, pack_ref: 'jobs', label: name, entrypoint, runtime_ref: 'core.shell' };
  return (await platform().actions.create(body)).ref;
};

const statusesToBe = (ref: string, ...expected: string[]) => ({
  name: `the items of ${ref} to be ${expected.join(', ')}`,
  check: async () => {
    const found = (await platform().queues.items(ref)).map(({ status }) => status);
    const isMet = JSON.stringify(found) === JSON.stringify(expected);
    return isMet ? ({ is: 'met', value: found } as const) : ({ is: 'pending', why: found.join(', ') } as const);
  },
});

test('a program processes items, and both events of the queue fire', async () => {
  const dispatch_action_ref = await action('work', ACK);
  const { ref } = await platform().queues.create({
    ref: 'jobs.work',
    label: 'Work',
    dispatch_action_ref,
    action_params: { item: '{{ queue_item }}' },
  });

  for (const n of [1, 2, 3]) await platform().queues.enqueue(ref, { payload: { n } });
  await until(statusesToBe(ref, 'completed', 'completed', 'completed'), performance.now() + LIMIT_MS);

  const items = await platform().queues.items(ref);
  expect(items.map(({ ack_summary, attempt_count }) => [ack_summary, attempt_count])).toEqual(
    items.map(() => [{ status: 'completed', summary: { by: 'shell' } }, 1]),
  );
  const emptyEvents = {
    name: 'the event of the empty queue',
    check: async () => {
      const [event] = await platform().events.list({ trigger_ref: 'core.queue_empty' });
      return event ? ({ is: 'met', value: event } as const) : ({ is: 'pending', why: 'none' } as const);
    },
  };
  const { id } = await until(emptyEvents, performance.now() + LIMIT_MS);
  const event: Event = await platform().events.get(id);
  expect(event.payload).toMatchObject({ event_type: 'queue_empty', queue_ref: ref, leased_item_count: 1 });
  expect(await platform().events.list({ trigger_ref: 'core.queue_started' })).not.toEqual([]);
});

test('an immediate action that acknowledges nothing fails', async () => {
  const { ref } = await platform().queues.create({ ref: 'quiet', label: 'Quiet', dispatch_action_ref: 'core.noop' });

  await platform().queues.enqueue(ref, { payload: 1 });
  await until(statusesToBe(ref, 'failed'), performance.now() + LIMIT_MS);

  const [execution] = await platform().executions.list({ action_ref: 'core.noop' });
  const { status, result } = await platform().executions.get(execution!.id);
  expect([status, (result as JsonObject).queue_ack_error]).toEqual([
    'failed',
    { code: 'QUEUE_ACK_MISSING', message: 'the output has no queue_ack' },
  ]);
});
