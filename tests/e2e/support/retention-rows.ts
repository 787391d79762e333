import type { Client } from '../../../helpers/client/client';
import { parseInstant } from '../../../helpers/instant';
import { executionToEnd, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { runAction } from '../../../helpers/scenario/resources/ended-executions';
import { ownedByPack } from '../../../helpers/scenario/resources/stored-keys';
import type { ScratchDatabase } from './scratch-database';

/** Targets that expire in one pass, after those whose rows refer to theirs, and the tables. */
export const PASSES: readonly Readonly<Record<string, readonly string[]>>[] = [
  {
    inquiries: ['inquiry'],
    work_queue_items: ['work_queue_item'],
    audit_events: ['audit_event', 'rule_history', 'key_history'],
    worker_history: ['worker_history'],
  },
  {
    executions: ['execution'],
    execution_history: ['execution_history'],
    work_queue_dispatches: ['work_queue_dispatch'],
  },
  { enforcements: ['enforcement'] },
  { events: ['event'] },
];
const TABLES = PASSES.flatMap((pass) => Object.values(pass).flat());

/**
 * Rows that stay: a pending inquiry with its execution, a queued item, and the event of a webhook,
 * whose delivery is kept for a day.
 */
export const OPEN: Readonly<Record<string, number>> = { inquiry: 1, execution: 1, work_queue_item: 1, event: 1 };

/** Creates rows of each kind, also those of `OPEN`. Returns the instant of the last one, ms. */
export async function createRows(ctx: Context, client: Client): Promise<number> {
  const own = { client, deadline: ctx.deadline };
  const { ref: pack_ref } = await client.packs.create({ ref: ctx.name('pack'), label: 'kinds', version: '1.0.0' });
  const of = (name: string) => ({ ref: `${pack_ref}.${name}`, pack_ref, label: name });
  const trigger = of('trigger');
  await client.triggers.create(trigger);
  const rule = of('rule');
  await client.rules.create({ ...rule, trigger_ref: trigger.ref, action_ref: 'core.noop' });
  await client.rules.disable(rule.ref);
  await client.rules.enable(rule.ref);
  const { webhook_key } = await client.triggers.enableWebhook(trigger.ref);
  await client.webhooks.post(webhook_key!, {});
  const key = { ref: ctx.name('key'), name: 'key', value: 1, ...ownedByPack(pack_ref) };
  await client.keys.create(key);
  await client.keys.remove(key.ref);
  const queue = { ref: ctx.name('queue'), label: 'queue', dispatch_action_ref: 'core.noop' };
  await client.queues.create({ ...queue, enabled: true });
  await client.queues.enqueue(queue.ref, { payload: 1 });
  await until(itemsToEnd(client, queue.ref), ctx.deadline);
  await client.queues.update(queue.ref, { enabled: false });
  await client.queues.enqueue(queue.ref, { payload: 2 });
  const [answered, open] = [await runAction(own, 'core.noop'), await runAction(own, 'core.noop')];
  const { id } = await client.inquiries.create({ execution: answered.id, prompt: 'a' });
  await client.inquiries.respond(id, 1);
  for (const execution of await client.executions.list({}))
    await until(executionToEnd(client, execution.id), ctx.deadline);
  return parseInstant((await client.inquiries.create({ execution: open.id, prompt: 'b' })).created);
}

const itemsToEnd = (client: Client, queue: string) =>
  predicateToHold('the items of the queue to end', async () => {
    const items = await client.queues.items(queue);
    return items.length > 0 && items.every(({ status }) => !['queued', 'leased', 'retry'].includes(status));
  });

/** A number for each table, which the query reads. */
export async function readTables(
  database: ScratchDatabase,
  read: (table: string) => string,
): Promise<Record<string, number>> {
  const numbers: Record<string, number> = {};
  for (const table of TABLES) {
    const [row] = await database.query<{ n: number }>(`select (${read(table)})::int as n`);
    numbers[table] = row!.n;
  }
  return numbers;
}

/** The ages of all these targets, where those of one pass expire. */
export const agesOfPass = (pass: object, max_age_seconds: number): Record<string, { max_age_seconds: number | null }> =>
  Object.fromEntries(
    PASSES.flatMap((each) => Object.keys(each)).map((name) => [
      name,
      { max_age_seconds: name in pass ? max_age_seconds : null },
    ]),
  );
