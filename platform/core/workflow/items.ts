import { isObject, type Json } from '../../../contract/json';
import { renderWithin } from '../template/render';
import { joined, taintAt, taintOf, type Taint } from '../template/taint';
import type { Scope } from '../template/types';
import { childOf } from './child';
import { amend, budgetOf, emit, log, type Draft } from './draft';
import { attempted, withItem } from './scope';
import { taintOfView } from './secrets';
import { settle, type End } from './settle';
import type { ChildEnded, ItemsCollected, ItemsState, StartChild, Task } from './types';
import { templateFault, undispatched } from './undispatched';
import { resultView } from './view';

/** Creates the children of all items and releases the first. One that cannot be rendered keeps them all from starting. */
export function beginItems(draft: Draft, task: Task, scope: Scope): void {
  const rendered = attempted(() => renderWithin(task.withItems, scope, budgetOf(draft)));
  if ('fault' in rendered) {
    undispatched(draft, task, null, templateFault(rendered.fault));
    return;
  }
  const items = itemsOf(rendered.value, task.batchSize);
  if (items.length === 0) settleEmpty(draft, task);
  else createItems(draft, task, scope, items);
}

/** One element, or one batch of them, and what of it is secret. */
interface Item {
  readonly value: Json;
  readonly taint: Taint;
}

/** A value that is no list is the one element. */
function itemsOf({ value, taint }: Item, batchSize: number | null): Item[] {
  if (!Array.isArray(value)) return [{ value, taint }];
  const items = value.map((element, at) => ({ value: element, taint: taintAt(taint, at) }));
  return batchSize === null ? items : batches(items, batchSize);
}

function batches(items: readonly Item[], size: number): Item[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, n) => {
    const batch = items.slice(n * size, (n + 1) * size);
    return { value: batch.map((item) => item.value), taint: taintOf(batch.map((item, at) => [at, item.taint])) };
  });
}

function settleEmpty(draft: Draft, { name }: Task): void {
  log(draft, 'STEP_STARTED', name, null);
  log(draft, 'STEP_COMPLETED', name, null);
  settle(draft, name, { status: 'completed', result: { items: [] }, secrets: null, error: null });
}

function createItems(draft: Draft, task: Task, scope: Scope, items: readonly Item[]): void {
  const children: StartChild[] = [];
  for (const [index, { value, taint }] of items.entries()) {
    const slot = { index, released: index < task.concurrency };
    const child = childOf(draft, task, withItem(scope, value, taint, index), slot);
    if (!('type' in child)) {
      undispatched(draft, task, index, child);
      return;
    }
    children.push(child);
  }
  for (const child of children) {
    if (child.released) log(draft, 'STEP_STARTED', task.name, child.index);
    emit(draft, child);
  }
  const next = Math.min(task.concurrency, items.length);
  const none = { ended: 0, failed: 0, timedOut: 0, early: [], lastResult: null, lastSecrets: null };
  amend(draft, task.name, { items: { total: items.length, next, ...none } });
}

/** Counts the last attempt of one item, and lets the next one go. */
export function itemEnded(draft: Draft, name: string, before: ItemsState, end: ChildEnded & { index: number }): void {
  const early = end.index >= before.next;
  const items = {
    ...before,
    ended: before.ended + 1,
    failed: before.failed + (end.status === 'completed' || end.status === 'timeout' ? 0 : 1),
    timedOut: before.timedOut + (end.status === 'timeout' ? 1 : 0),
    early: early ? [...before.early, end.index] : before.early,
    lastResult: resultView(end.result, end.status),
    lastSecrets: taintOfView(end.result, end.secrets ?? null),
  };
  amend(draft, name, { items: early ? items : releaseNext(draft, name, items) });
  if (items.ended < items.total) return;
  if (draft.state.status === 'running') emit(draft, { type: 'collect-items', task: name });
  else settle(draft, name, lastEndOf(items));
}

/** The place that became free goes to the lowest index that waits; those that ended while waiting are passed over. */
function releaseNext(draft: Draft, name: string, items: ItemsState): ItemsState {
  if (draft.state.status !== 'running') return items;
  let { next } = items;
  while (items.early.includes(next)) next += 1;
  const early = items.early.filter((index) => index > next);
  if (next >= items.total) return { ...items, next, early };
  log(draft, 'STEP_STARTED', name, next);
  emit(draft, { type: 'release-item', task: name, index: next });
  return { ...items, next: next + 1, early };
}

/** All ends are in: the task shows its last finisher's keys, and `items` in order of index. */
export function itemsCollected(draft: Draft, items: ItemsState, { task, items: rows }: ItemsCollected): void {
  const views = rows.map(({ result, status }) => resultView(result, status));
  const shown = isObject(items.lastResult) ? items.lastResult : {};
  const error = draft.tasks[task]?.error ?? null;
  const ofItems = taintOf(rows.map((row, at) => [at, taintOfView(row.result, row.secrets ?? null)]));
  const secrets = joined(items.lastSecrets, taintOf([['items', ofItems]]));
  settle(draft, task, { status: statusOf(items), result: { ...shown, items: views }, secrets, error });
}

/** After a cancel nothing more is released: what waits has ended, and no word of it is expected. */
export function endWaiting(draft: Draft, name: string, items: ItemsState): void {
  const waiting = items.total - items.next - items.early.length;
  const left = { ...items, ended: items.ended + waiting, failed: items.failed + waiting };
  amend(draft, name, { items: left });
  if (left.ended < left.total) return;
  settle(draft, name, lastEndOf(left));
}

const lastEndOf = (items: ItemsState): End => ({
  status: statusOf(items),
  result: items.lastResult,
  secrets: items.lastSecrets,
  error: null,
});

const statusOf = ({ failed, timedOut }: ItemsState) => (failed > 0 ? 'failed' : timedOut > 0 ? 'timeout' : 'completed');
