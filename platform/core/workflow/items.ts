import { isObject, type Json } from '../../../contract/json';
import { memberTaint, mergeTaints, taintFromMembers, type Taint } from '../secrets/taint';
import { renderWithin } from '../template/render';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope } from '../template/types';
import { typeName } from '../template/values';
import { buildChild, templateDispatchFault, type DispatchFault } from './child';
import type { TaskDefinition } from './definition';
import { resultView, resultViewTaint } from './result-view';
import { scopeWithItem } from './scope';
import { addEffect, addLogEntry, currentRound, isPlain, newBudget, updateTask, type StepContext } from './step-context';
import { statusAfter } from './task-status';
import {
  isHeld,
  type ChildEnded,
  type ItemsCollected,
  type ItemsState,
  type StartChild,
  type TaskOutcome,
} from './types';

/** `index` of a fault: the item that cannot be dispatched, null for the list itself. */
type ItemsStart =
  | { readonly kind: 'started' | 'empty' }
  | { readonly kind: 'fault'; readonly index: number | null; readonly fault: DispatchFault };

/**
 * Creates the children of all items and releases the first. One that cannot be rendered keeps all
 * from starting.
 */
export function startItems(context: StepContext, task: TaskDefinition, scope: Scope): ItemsStart {
  const rendered = tryEvaluate(() => renderWithin(task.withItems, scope, newBudget(context)));
  if ('error' in rendered) return { kind: 'fault', index: null, fault: templateDispatchFault(rendered.error) };
  if (rendered.value.taint === true) scope.onSecretDecision?.();
  const { value } = rendered.value;
  if (!Array.isArray(value) && !isPlain(context)) {
    return { kind: 'fault', index: null, fault: noListFault(task.name, value) };
  }
  const items = itemsOf(rendered.value, task.batchSize);
  return items.count === 0 ? { kind: 'empty' } : createItems(context, task, scope, items);
}

const noListFault = (task: string, value: Json): DispatchFault => ({
  code: 'ITEMS_NO_LIST',
  message: `Task '${task}': with_items must be a list, and is ${typeName(value)}`,
});

/** One element, or one batch of elements. */
interface Item {
  readonly value: Json;
  readonly taint: Taint;
}

/** What a task is repeated for. An item is made when it is needed: a step may end before. */
interface Items {
  readonly count: number;
  at(index: number): Item;
}

/** A value that is no list counts as its only element, in Attune's own language. */
function itemsOf({ value, taint }: Item, batchSize: number | null): Items {
  if (!Array.isArray(value)) return { count: 1, at: () => ({ value, taint }) };
  const elementAt = (index: number): Item => ({ value: value[index]!, taint: memberTaint(taint, index) });
  if (batchSize === null) return { count: value.length, at: elementAt };
  const batchAt = (n: number): Item => {
    const first = n * batchSize;
    const batch = value.slice(first, first + batchSize);
    return {
      value: batch,
      taint: taintFromMembers(batch.map((_, index) => [index, memberTaint(taint, first + index)])),
    };
  };
  return { count: Math.ceil(value.length / batchSize), at: batchAt };
}

function createItems(context: StepContext, task: TaskDefinition, scope: Scope, items: Items): ItemsStart {
  const children: StartChild[] = [];
  for (let index = 0; index < items.count; index++) {
    const { value, taint } = items.at(index);
    const position = { index, released: index < task.concurrency };
    const child = buildChild(context, task, scopeWithItem(scope, value, taint, index), position);
    if (!('type' in child)) return { kind: 'fault', index, fault: child };
    children.push(child);
  }
  for (const child of children) {
    if (child.released) addLogEntry(context, 'STEP_STARTED', task.name, child.index);
    addEffect(context, child);
  }
  const next = Math.min(task.concurrency, items.count);
  const counters = { ended: 0, failed: 0, timedOut: 0, early: [], lastResult: null, lastSecrets: null };
  updateTask(context, task.name, { items: { total: items.count, next, ...counters } });
  return { kind: 'started' };
}

/**
 * Counts the last attempt of one item and releases the next one. Returns the outcome of the task
 * when all items have ended; null while some have not, and while their results are yet to be
 * collected.
 */
export function countItem(
  context: StepContext,
  name: string,
  before: ItemsState,
  child: ChildEnded & { readonly index: number },
): TaskOutcome | null {
  const { index, result, secrets = null } = child;
  const status = statusAfter(child);
  const isUnreleased = index >= before.next;
  const items = {
    ...before,
    ended: before.ended + 1,
    failed: before.failed + (status === 'failed' ? 1 : 0),
    timedOut: before.timedOut + (status === 'timeout' ? 1 : 0),
    ...(status === 'over_limit' && { overLimit: (before.overLimit ?? 0) + 1 }),
    early: isUnreleased ? [...before.early, index] : before.early,
    lastResult: resultView(result, child.status),
    lastSecrets: resultViewTaint(result, secrets),
  };
  updateTask(context, name, { items: isUnreleased ? items : releaseNextItem(context, name, items) });
  if (items.ended < items.total) return null;
  if (context.state.status !== 'running') return outcomeWithoutResults(items);
  addEffect(context, { type: 'collect-items', task: name, round: currentRound(context, name) });
  return null;
}

/**
 * Releases the waiting item with the lowest index. Items that ended while waiting are passed over.
 */
function releaseNextItem(context: StepContext, name: string, items: ItemsState): ItemsState {
  if (context.state.status !== 'running' || isHeld(context.state)) return items;
  let { next } = items;
  while (items.early.includes(next)) next += 1;
  const early = items.early.filter((index) => index > next);
  if (next >= items.total) return { ...items, next, early };
  addLogEntry(context, 'STEP_STARTED', name, next);
  addEffect(context, { type: 'release-item', task: name, index: next, round: currentRound(context, name) });
  return { ...items, next: next + 1, early };
}

/** Releases waiting items up to the concurrency of the task. */
export function releaseFreeItems(
  context: StepContext,
  { name, concurrency }: TaskDefinition,
  before: ItemsState,
): void {
  let items = before;
  while (countRunning(items) < concurrency && items.next < items.total) items = releaseNextItem(context, name, items);
  updateTask(context, name, { items });
}

/** Items that are released and have not ended. */
const countRunning = ({ next, ended, early }: ItemsState): number => next - (ended - early.length);

/**
 * Counts all waiting items as cancelled; no signal of them will come. Returns the outcome of the
 * task when no other item is left.
 */
export function cancelWaitingItems(context: StepContext, name: string, before: ItemsState): TaskOutcome | null {
  const waiting = before.total - before.next - before.early.length;
  const items = { ...before, ended: before.ended + waiting, failed: before.failed + waiting };
  updateTask(context, name, { items });
  return items.ended < items.total ? null : outcomeWithoutResults(items);
}

/** The task's result has the keys of the item that ended last, and `items` in order of index. */
export function collectedOutcome(
  items: ItemsState,
  { items: rows }: ItemsCollected,
  error: string | null,
): TaskOutcome {
  const views = rows.map(({ result, status }) => resultView(result, status));
  const taints = rows.map(({ result, secrets = null }, index) => [index, resultViewTaint(result, secrets)] as const);
  const lastView = isObject(items.lastResult) ? items.lastResult : {};
  return {
    status: worstStatus(items),
    result: { ...lastView, items: views },
    secrets: mergeTaints(items.lastSecrets, taintFromMembers([['items', taintFromMembers(taints)]])),
    error,
  };
}

const outcomeWithoutResults = (items: ItemsState): TaskOutcome => ({
  status: worstStatus(items),
  result: items.lastResult,
  secrets: items.lastSecrets,
  error: null,
});

function worstStatus({ failed, timedOut, overLimit = 0 }: ItemsState): TaskOutcome['status'] {
  if (failed > 0) return 'failed';
  if (overLimit > 0) return 'over_limit';
  return timedOut > 0 ? 'timeout' : 'completed';
}
