import type { Json } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { valueAtPath } from '../data/value-at-path';
import type { QueueConfig } from './queue-config';

interface ReadyItem {
  readonly priority: number;
  readonly payload: Json;
}

/**
 * The items of one execution, of those that are ready in their order: the first ones, or, with
 * coalescing, the first and those with the same value at the path.
 */
export function chooseItems<I extends ReadyItem>(
  ready: readonly I[],
  size: number,
  coalescing: QueueConfig['coalescing'],
): I[] {
  const [first] = ready;
  if (!first || coalescing === null) return ready.slice(0, size);
  const segments = coalescing.groupByPath.split('.');
  const groupOf = ({ payload }: I) => writeJson(valueAtPath(payload, segments) ?? null);
  const group = groupOf(first);
  return ready
    .filter((item) => groupOf(item) === group && (coalescing.acrossPriorities || item.priority === first.priority))
    .slice(0, size);
}
