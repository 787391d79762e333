import type { NewItem, QueueParts } from './queue';

/** Members of each kind, as the examples of RFC 7396 have them. */
const TARGET = {
  n: 1,
  old: 1,
  kept: [1],
  text: 'a',
  list: ['a', 'b'],
  object: { b: 'c' },
  deep: { a: { b: 'c', d: 1 } },
};
const PATCH = {
  n: 2,
  old: null,
  text: { x: 1, y: null },
  list: { x: 1 },
  object: ['c', null],
  deep: { a: { b: 'd', c: null } },
  added: { a: { bb: { ccc: null } } },
};
const MERGED = {
  n: 2,
  kept: [1],
  text: { x: 1 },
  list: { x: 1 },
  object: ['c', null],
  deep: { a: { b: 'd', d: 1 } },
  added: { a: { bb: {} } },
};

const FIRST: NewItem = { item_key: 'k', payload: TARGET, priority: 4, metadata: { a: 1, b: 1 } };
const SECOND: NewItem = { item_key: 'k', payload: PATCH, metadata: { b: 2 } };

export const REPEATED: readonly NewItem[] = [FIRST, SECOND];

const { payload, priority, metadata } = FIRST;
const first = { payload, priority, metadata };
const second = { payload: SECOND.payload, priority: 1, metadata: SECOND.metadata };

const changing = (update_strategy?: QueueParts['update_strategy']): QueueParts => ({
  allow_pending_update: true,
  ...(update_strategy && { update_strategy }),
});

/**
 * A queue with a default priority of 1 to which both items were added: with what status it refused
 * the second one, and its items then.
 */
export const REPEATED_KEYS = {
  'adds another item': { parts: {}, refused: null, items: [first, second] },
  'is refused': { parts: changing('immutable'), refused: 409, items: [first] },
  'replaces the item': { parts: changing('replace'), refused: null, items: [second] },
  'replaces it by default': { parts: changing(), refused: null, items: [second] },
  'is merged into it': {
    parts: changing('merge_patch'),
    refused: null,
    items: [{ payload: MERGED, priority: 4, metadata: { a: 1, b: 2 } }],
  },
};
