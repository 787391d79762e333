import type { JsonObject } from '../../../contract/json';
import { isTerminal } from '../../../contract/status';
import { cancel, timeOut } from './cancel';
import { childEnded, currentOf } from './child-ended';
import { closeDraft, emit, openDraft, stateOf, type Draft } from './draft';
import { finish, finishWhenDrained } from './finish';
import { graphOf } from './graph';
import { itemsCollected } from './items';
import { release } from './join';
import { startReleased } from './start';
import type { Definition, Signal, State, Step } from './types';

/** A workflow that was asked for and has not begun. */
export const initial = (): State => ({
  status: 'requested',
  startedAt: 0,
  parameters: {},
  config: {},
  variables: {},
  sizes: {},
  secrets: { parameters: null, config: null, variables: null },
  tasks: {},
  lastEnded: null,
});

/**
 * What one signal makes of a workflow, and what the shell must then do about it, in order. Pure: `now` (epoch ms) is
 * handed in, so the same arguments give the same answer after a crash. A workflow that has ended ignores every
 * signal, and one that is about the past changes nothing. `keystore` holds the keys that the definition names
 * (`keystoreReferences`): expressions see them, all of them secret, and the state never holds them.
 */
export function step(
  definition: Definition,
  state: State,
  signal: Signal,
  now: number,
  keystore: JsonObject = {},
): Step {
  const change = isTerminal(state.status) ? null : changeOf(state, signal);
  if (change === null) return { state, effects: [] };
  const draft = openDraft(definition, state, now, keystore);
  change(draft);
  startReleased(draft);
  if (!isTerminal(draft.state.status)) finishWhenDrained(draft);
  return closeDraft(draft);
}

/** What the signal changes; null when it comes too late or too early to change anything. */
function changeOf(state: State, signal: Signal): ((draft: Draft) => void) | null {
  switch (signal.type) {
    case 'started':
      return state.status === 'requested' ? (draft) => begin(draft, signal) : null;
    case 'cancel-requested':
      return state.status === 'canceling' ? null : (draft) => cancel(draft, signal.policy);
    case 'timed-out':
      return state.status === 'requested' || state.timedOutAfter !== undefined ? null : timeOut;
    case 'child-ended': {
      const task = currentOf(state, signal);
      return task ? (draft) => childEnded(draft, task, signal) : null;
    }
    case 'items-collected': {
      const { status, items } = stateOf(state, signal.task) ?? {};
      if (status !== 'running' || !items || items.ended < items.total) return null;
      return (draft) => itemsCollected(draft, items, signal);
    }
  }
}

/** Entry tasks start together. Where every task is pointed to there is nothing to start, and so nothing to wait for. */
function begin(draft: Draft, { parameters, config, secrets }: Extract<Signal, { type: 'started' }>): void {
  const { vars: variables, timeoutSeconds } = draft.definition;
  draft.state = {
    ...draft.state,
    ...{ status: 'running', startedAt: draft.now, parameters, config, variables },
    secrets: { parameters: null, config: null, ...secrets, variables: null },
  };
  if (timeoutSeconds !== null) emit(draft, { type: 'set-limit', seconds: timeoutSeconds });
  const { entries } = graphOf(draft.definition);
  if (entries.length === 0) finish(draft, 'completed', { succeeded: true });
  for (const { name } of entries) release(draft, name, null);
}
