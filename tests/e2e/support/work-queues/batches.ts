import type { JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/context';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import {
  addItems,
  createQueue,
  drain,
  executionsOf,
  literal,
  untilLeasable,
  type NewItem,
  type QueueParts,
} from './queue';

/** A queue with these items, and the numbers of the items of each execution, in order. */
interface BatchRow {
  readonly parts: QueueParts;
  readonly items: readonly NewItem[];
  readonly batches: readonly (readonly number[])[];
}

const batch = (dispatch: JsonObject = {}): QueueParts => ({ batch_mode: 'batch', config: { dispatch } });

/** Items that are numbered from 1: the host and the priority of each. */
const ofHosts = (...items: readonly (readonly [string, number])[]): NewItem[] =>
  items.map(([name, priority], k) => ({ payload: { n: k + 1, at: { host: name } }, priority }));

const TWO_HOSTS = ofHosts(['a', 0], ['b', 0], ['a', 0], ['a', 1], ['b', 0]);

/** The same, each with another value as its host. */
const HOSTS_OF_TYPES: readonly NewItem[] = [1, '1', 1.0, true, 'true', [1], ['1'], {}, '{}', [1]].map((name, k) => ({
  payload: { n: k + 1, at: { host: name } },
}));

const grouped = (coalescing: JsonObject, size = 10): QueueParts =>
  batch({ batch_size: literal(size), coalescing: { group_by_path: 'at.host', ...coalescing } });

export const BATCHES: Readonly<Record<string, BatchRow>> = {
  'by priority, then by age': {
    parts: { default_priority: 2 },
    items: [1, 3, null, 3, -1, 0].map((priority, k) => ({ payload: { n: k + 1 }, priority })),
    batches: [[2], [4], [3], [1], [6], [5]],
  },
  'one item each by default': { parts: batch(), items: ofHosts(['a', 0], ['a', 0]), batches: [[1], [2]] },
  'single, whatever the size': {
    parts: { config: { dispatch: { batch_size: literal(2) } } },
    items: ofHosts(['a', 0], ['a', 0]),
    batches: [[1], [2]],
  },
  'so many items at most': {
    parts: batch({ batch_size: literal(2) }),
    items: ofHosts(['a', 0], ['b', 0], ['a', 1]),
    batches: [[3, 1], [2]],
  },
  'of one group and priority': { parts: grouped({}), items: TWO_HOSTS, batches: [[4], [1, 3], [2, 5]] },
  'of one value and type': {
    parts: grouped({}),
    items: HOSTS_OF_TYPES,
    batches: [[1, 3], [2], [4], [5], [6, 10], [7], [8], [9]],
  },
  'of one group': {
    parts: grouped({ across_priorities: true }),
    items: TWO_HOSTS,
    batches: [
      [4, 1, 3],
      [2, 5],
    ],
  },
  'of one group, so many at most': {
    parts: grouped({ across_priorities: true }, 2),
    items: TWO_HOSTS,
    batches: [[4, 1], [2, 5], [3]],
  },
  'without groups': {
    parts: grouped({ enabled: false }, 3),
    items: TWO_HOSTS,
    batches: [
      [4, 1, 2],
      [3, 5],
    ],
  },
};

/** For each queue, the numbers of the items that each of its executions got, in order. */
export async function batchesOf(ctx: Context, rows: readonly BatchRow[]): Promise<number[][][]> {
  const queues = await Promise.all(rows.map((row) => createFilled(ctx, row)));
  await untilLeasable(ctx);
  return Promise.all(
    queues.map(async ({ ref, action }) => {
      await drain(ctx, ref);
      return (await executionsOf(ctx, action)).map(({ config }) => numbersIn(config ?? {}));
    }),
  );
}

async function createFilled(ctx: Context, { parts, items }: BatchRow) {
  const action = await createScriptAction(ctx, await ctx.ownPack(), 'exit 0');
  const ref = await createQueue(ctx, action, parts);
  await addItems(ctx, ref, items);
  return { ref, action };
}

type Numbered = { readonly n: number };

const numbersIn = (parameters: JsonObject): number[] => {
  const { items = [parameters] } = parameters as unknown as { readonly items?: readonly Numbered[] } & Numbered;
  return (items as readonly Numbered[]).map(({ n }) => n);
};
