import { isObject, type Json } from '../../../contract/json';
import { render } from '../template/render';
import type { Scope } from '../template/types';
import { childOf } from './child';
import { amend, emit, log, type Draft } from './draft';
import { attempted, withItem } from './scope';
import { settle } from './settle';
import type { ChildEnded, ItemsCollected, ItemsState, StartChild, Task } from './types';
import { templateFault, undispatched } from './undispatched';
import { resultView } from './view';

/** Creates the children of all items and releases the first. One that cannot be rendered keeps them all from starting. */
export function beginItems(draft: Draft, task: Task, scope: Scope): void {
  const rendered = attempted(() => render(task.withItems, scope));
  if ('fault' in rendered) {
    undispatched(draft, task, null, templateFault(rendered.fault));
    return;
  }
  const list = Array.isArray(rendered.value) ? rendered.value : [rendered.value];
  const items = task.batchSize === null ? list : batches(list, task.batchSize);
  if (items.length === 0) settleEmpty(draft, task);
  else createItems(draft, task, scope, items);
}

function batches(list: readonly Json[], size: number): Json[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, n) => list.slice(n * size, (n + 1) * size));
}

function settleEmpty(draft: Draft, { name }: Task): void {
  log(draft, 'STEP_STARTED', name, null);
  log(draft, 'STEP_COMPLETED', name, null);
  settle(draft, name, { status: 'completed', result: { items: [] }, error: null });
}

function createItems(draft: Draft, task: Task, scope: Scope, items: readonly Json[]): void {
  const children: StartChild[] = [];
  for (const [index, item] of items.entries()) {
    const child = childOf(draft, task, withItem(scope, item, index), { index, released: index < task.concurrency });
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
  const counters = { total: items.length, next, ended: 0, failed: 0, timedOut: 0, early: [], lastResult: null };
  amend(draft, task.name, { items: counters });
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
  };
  amend(draft, name, { items: early ? items : releaseNext(draft, name, items) });
  if (items.ended < items.total) return;
  if (draft.state.status === 'running') emit(draft, { type: 'collect-items', task: name });
  else settle(draft, name, { status: statusOf(items), result: items.lastResult, error: null });
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
  settle(draft, task, { status: statusOf(items), result: { ...shown, items: views }, error });
}

/** After a cancel nothing more is released: what waits has ended, and no word of it is expected. */
export function endWaiting(draft: Draft, name: string, items: ItemsState): void {
  const waiting = items.total - items.next - items.early.length;
  const left = { ...items, ended: items.ended + waiting, failed: items.failed + waiting };
  amend(draft, name, { items: left });
  if (left.ended < left.total) return;
  settle(draft, name, { status: statusOf(left), result: left.lastResult, error: null });
}

const statusOf = ({ failed, timedOut }: ItemsState) => (failed > 0 ? 'failed' : timedOut > 0 ? 'timeout' : 'completed');
