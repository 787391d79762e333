import { condition } from '../template/condition';
import type { Scope } from '../template/types';
import { childOf } from './child';
import { budgetOf, emit, log, stateOf, taskOf, type Draft } from './draft';
import { beginItems } from './items';
import { release } from './join';
import { attempted, scopeAfter } from './scope';
import { settle } from './settle';
import type { Task } from './types';
import { templateFault, undispatched } from './undispatched';

/** Starts all that has been released, and what follows from it at once. */
export function startReleased(draft: Draft): void {
  for (let at = 0; at < draft.released.length; at++) begin(draft, taskOf(draft.definition, draft.released[at]!));
  draft.released.length = 0;
}

/** Expressions see what the releasing predecessor's transition saw. */
function begin(draft: Draft, task: Task): void {
  const { when } = task;
  const scope = scopeAfter(draft, stateOf(draft.state, task.name)?.triggeredBy ?? null);
  const open = attempted(() => when === null || condition(when, scope, budgetOf(draft)));
  if ('fault' in open) undispatched(draft, task, null, templateFault(open.fault));
  else if (!open.value) skip(draft, task);
  else if (task.subtasks.length > 0) beginParallel(draft, task);
  else if (task.withItems !== null) beginItems(draft, task, scope);
  else beginPlain(draft, task, scope);
}

function skip(draft: Draft, { name }: Task): void {
  log(draft, 'STEP_SKIPPED', name, null, { reason: 'when' });
  settle(draft, name, { status: 'skipped', result: null, secrets: null, error: null });
}

/** Subtasks are released by what released the parallel task. */
function beginParallel(draft: Draft, { name, subtasks }: Task): void {
  log(draft, 'STEP_STARTED', name, null);
  const triggeredBy = stateOf(draft.state, name)?.triggeredBy ?? null;
  for (const sub of subtasks) release(draft, sub.name, triggeredBy);
}

function beginPlain(draft: Draft, task: Task, scope: Scope): void {
  const child = childOf(draft, task, scope, { index: null, released: true });
  if (!('type' in child)) {
    undispatched(draft, task, null, child);
    return;
  }
  log(draft, 'STEP_STARTED', task.name, null);
  emit(draft, child);
}
