import type { NewItem, QueueParts } from './queue';

const FIRST: NewItem = { item_key: 'k', payload: { n: 1, old: 1 }, priority: 4, metadata: { a: 1, b: 1 } };
const SECOND: NewItem = { item_key: 'k', payload: { n: 2, old: null }, metadata: { b: 2 } };

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
    items: [{ payload: { n: 2 }, priority: 4, metadata: { a: 1, b: 2 } }],
  },
};
