import { amend, log, stateOf, type Draft } from './draft';
import { graphOf } from './graph';

/** Lets a task start: its preconditions hold. */
export function release(draft: Draft, name: string, triggeredBy: string | null): void {
  amend(draft, name, { status: 'running', triggeredBy });
  draft.released.push(name);
}

/** A fired transition of `from` names `target`, which starts at most once: at the first arrival, or when its join is met. */
export function arrive(draft: Draft, target: string, from: string): void {
  const current = stateOf(draft.state, target);
  if (current && current.status !== 'pending') return;
  const arrivals = [...new Set([...(current?.arrivals ?? []), from])];
  amend(draft, target, { arrivals });
  if (arrivals.length >= (draft.definition.tasks.get(target)?.join ?? 1)) release(draft, target, from);
}

/** Nothing runs any more, so no join that still waits can be met. */
export function skipWaiting(draft: Draft): void {
  for (const { name } of graphOf(draft.definition).own) {
    if (stateOf(draft.state, name)?.status !== 'pending') continue;
    amend(draft, name, { status: 'skipped' });
    log(draft, 'STEP_SKIPPED', name, null, { reason: 'join' });
  }
}
