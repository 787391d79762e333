import { executionsText, firstIds, type Draft } from './draft';
import type { WaitingExecution } from './facts';
import type { WaitingTree } from './waiting-tree';

/** `id` waits for the resume of a workflow: itself, or one above it. */
export function pauseReason(id: number, paused: WaitingExecution): Draft {
  const isPaused = paused.status === 'paused';
  const resume = paused.id === id ? 'its resume' : `the resume of execution ${paused.id}`;
  return {
    kind: 'pause',
    execution: id,
    since: isPaused ? paused.updated : null,
    due_at: null,
    source: { resource: 'executions', id: paused.id },
    paused: paused.id,
    state: isPaused ? 'paused' : 'requested',
    phrase: isPaused
      ? resume
      : `${resume}: its pause is requested, and takes effect when its steps in flight have ended`,
  };
}

/** The engine of workflow `id` is to process the ends of children, or its start. */
export function advanceReason(tree: WaitingTree, id: number, ended: readonly WaitingExecution[]): Draft {
  const shown = firstIds(ended);
  const run = tree.runOf(id);
  const of = ended.length === 1 ? 'the end' : 'the ends';
  return {
    kind: 'advance',
    execution: id,
    since: ended[0]?.finished_at ?? run?.updated ?? null,
    due_at: null,
    source: { resource: 'executions', id },
    ended: shown,
    coordinator: run?.coordinator ?? null,
    phrase:
      ended.length === 0
        ? 'its engine to advance'
        : `its engine to process ${of} of ${executionsText(shown, ended.length)}`,
  };
}
