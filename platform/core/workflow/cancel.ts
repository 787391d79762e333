import { emit, type Draft } from './draft';
import { finish } from './finish';
import { endWaiting } from './items';
import type { CancellationPolicy } from './types';

/** Nothing more starts: what runs may finish or is stopped, as the policy says. */
export function cancel(draft: Draft, policy: CancellationPolicy | null): void {
  if (draft.state.status === 'requested') {
    finish(draft, 'cancelled', { error: 'Workflow cancelled', succeeded: false });
    return;
  }
  draft.state = { ...draft.state, status: 'canceling' };
  emit(draft, { type: 'cancel-children', policy: policy ?? draft.definition.cancellationPolicy });
  passOverWaiting(draft);
}

/** Over its limit: what runs is stopped, whatever the policy. A cancel that came first stays the reason of the end. */
export function timeOut(draft: Draft): void {
  const { timeoutSeconds } = draft.definition;
  if (timeoutSeconds === null) return;
  emit(draft, { type: 'cancel-children', policy: 'cancel_running', timedOutAfter: timeoutSeconds });
  if (draft.state.status === 'canceling') return;
  draft.state = { ...draft.state, status: 'canceling', timedOutAfter: timeoutSeconds };
  passOverWaiting(draft);
}

function passOverWaiting(draft: Draft): void {
  for (const [name, { status, items }] of Object.entries(draft.tasks)) {
    if (status === 'running' && items !== null) endWaiting(draft, name, items);
  }
}
