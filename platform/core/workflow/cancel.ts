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
  for (const [name, { status, items }] of Object.entries(draft.tasks)) {
    if (status === 'running' && items !== null) endWaiting(draft, name, items);
  }
}
