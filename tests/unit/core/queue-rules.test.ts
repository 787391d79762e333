import { chooseItems } from '../../../platform/core/queue/lease-batch';
import { mergePatch } from '../../../platform/core/queue/merge-patch';
import { parseQueueConfig } from '../../../platform/core/queue/queue-config';
import { resolveTunable } from '../../../platform/core/queue/resolve-tunable';

test('a merge patch removes, replaces and merges members', () => {
  const target = { a: 1, b: { c: 2, d: 3 }, e: [1] };
  expect(mergePatch(target, { a: null, b: { d: 4 }, e: [2] })).toEqual({ b: { c: 2, d: 4 }, e: [2] });
  expect(mergePatch(target, 'text')).toBe('text');
  expect(mergePatch('text', { a: { b: null } })).toEqual({ a: {} });
});

test('an empty configuration has the defaults', () => {
  expect(parseQueueConfig({}, 'single')).toEqual({
    concurrency: { source: 'literal', value: 1 },
    batchSize: { source: 'literal', value: 1 },
    retryLimit: 0,
    delaySeconds: 0,
    coalescing: null,
    ackVersion: 1,
  });
});

test.each([
  ['a number of the pack', { source: 'pack_config', path: 'limits.jobs', fallback: 2 }, 4],
  ['a missing path', { source: 'pack_config', path: 'limits.none', fallback: 2 }, 2],
  ['a key', { source: 'keystore', key_ref: 'jobs' }, 6],
  ['a part of a key', { source: 'keystore', key_ref: 'all', path: 'most' }, 8],
  ['a key that is no number', { source: 'keystore', key_ref: 'text', fallback: 3 }, 3],
  ['a missing key without a fallback', { source: 'keystore', key_ref: 'none' }, 1],
])('a tunable reads %s', (_what, tunable, expected) => {
  const keys: Record<string, never> = { jobs: '6', all: { most: 8 }, text: 'many' } as never;
  const { concurrency } = parseQueueConfig({ dispatch: { concurrency: tunable } }, 'single');
  const sources = { packConfig: { limits: { jobs: 4 } }, key: (ref: string) => keys[ref] };
  expect(resolveTunable(concurrency, sources)).toBe(expected);
});

test('a batch has the first items, or those of the first group', () => {
  const ready = [
    { id: 1, priority: 2, payload: { host: 'a' } },
    { id: 2, priority: 2, payload: { host: 'b' } },
    { id: 3, priority: 2, payload: { host: 'a' } },
    { id: 4, priority: 1, payload: { host: 'a' } },
  ];
  const ids = (size: number, coalescing: Parameters<typeof chooseItems>[2]) =>
    chooseItems(ready, size, coalescing).map(({ id }) => id);
  expect(ids(2, null)).toEqual([1, 2]);
  expect(ids(9, { groupByPath: 'host', acrossPriorities: false })).toEqual([1, 3]);
  expect(ids(9, { groupByPath: 'host', acrossPriorities: true })).toEqual([1, 3, 4]);
});
