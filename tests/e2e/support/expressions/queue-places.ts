import type { Json } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { HARD_OPERANDS } from './hard-operands';
import { cellsOver, numbered, templatesOf, valuesOf } from './rule-cells';

const CELLS = cellsOver('item');

/** The texts of a queue's parameters, beside the cells, and their values. */
const PATHS: Readonly<Record<string, Json>> = {
  '{{ item.p }}': 'P',
  '{{ queue_item.payload.p }}': 'P',
  '{{ items.0.p }}': 'P',
  '{{ queue_items[0].payload.p }}': 'P',
  '{{ queue_item.attempt_count }}': 1,
  '{{ queue.leased_item_count }}': 1,
  '{{ queue.batch_mode }}': 'single',
  '{{ length(items) }}': 1,
  '{{ item.none }}': null,
  '{{ item["none"] }}': null,
  '<{{ item.none }}>': '<>',
  '{{ item.none | default(1) }}': 1,
  '{{ type_of(config) }}': 'object',
  '{{ config.region }}': null,
  '{{ event.payload.p }}': null,
  '{{ parameters.p }}': null,
  '{{ keystore.k }}': null,
  '{{ system.timestamp }}': null,
};

/** Parameters with which an item fails, and what its error says. */
const BROKEN: Readonly<Record<string, string>> = {
  '{{ item.none + 1 }}': 'column 6: Variable not found: item.none',
  '{{ item.p * 2 }}': 'column 8: `*`',
};

const OF_QUEUE = { ack: { version: 1, items: [{ id: '{{ queue_item.id }}', status: 'completed' }] } };

async function createQueue(ctx: Context, name: string, dispatch_action_ref: string, action_params: object) {
  const queue = { ref: ctx.name(name), label: name, dispatch_action_ref, action_params: { ...action_params } };
  const { ref } = await ctx.client.queues.create(queue);
  ctx.defer(() => ctx.client.queues.remove(ref));
  await ctx.client.queues.enqueue(ref, { payload: { ...HARD_OPERANDS, p: 'P' } });
  return ref;
}

/** The only item of a queue, once it has ended. */
const endedItem = async (ctx: Context, ref: string) => {
  const find = async () =>
    (await ctx.client.queues.items(ref)).find(({ status }) => ['completed', 'failed'].includes(status));
  await until(
    predicateToHold(`the item of ${ref} has ended`, async () => (await find()) !== undefined),
    ctx.deadline,
  );
  return (await find())!;
};

/** What became of expressions in the parameters of queues. */
export async function outcomesOfQueues(ctx: Context) {
  const skipped = { name: 'T', action: 'core.noop', when: 'false' };
  const { ref: action } = await ctx.workflow([skipped], {
    name: 'ends',
    output_map: { queue_ack: '{{ parameters.ack }}' },
  });
  const parameters = { ...OF_QUEUE, cells: templatesOf(CELLS), paths: numbered(Object.keys(PATHS)) };
  const sound = await createQueue(ctx, 'sound', action, parameters);
  const texts = Object.keys(BROKEN);
  const broken = await Promise.all(texts.map((text, n) => createQueue(ctx, `broken${n}`, action, { text })));

  const [item, ...failed] = await Promise.all([sound, ...broken].map((ref) => endedItem(ctx, ref)));
  const [execution] = await ctx.client.executions.list({ action_ref: action });
  const { config } = await ctx.client.executions.get(execution!.id);
  const { cells, paths } = config as { cells: Json; paths: Json };
  return { cells, paths, status: item!.status, broken: failed.map(({ status, last_error }) => [status, last_error]) };
}

/** The same by the evaluator. */
export const expectedOutcomesOfQueues = () => ({
  cells: numbered(valuesOf(CELLS)),
  paths: numbered(Object.values(PATHS)),
  status: 'completed',
  broken: Object.entries(BROKEN).map(([text, message]) => [
    'failed',
    expect.stringContaining(`QUEUE_BROKEN: the parameter ${text}: ${message}`) as string,
  ]),
});
