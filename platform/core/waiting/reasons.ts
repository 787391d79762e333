import { isTerminal } from '../../../contract/status';
import type { Waiting, WaitingReason } from '../../../contract/waiting';
import type { Draft } from './draft';
import { advanceReason } from './engine-reasons';
import type { WaitingExecution, WaitingWorker } from './facts';
import { leaseReason, requestedReason, scheduledReasons } from './queued-reasons';
import type { WaitingTree } from './waiting-tree';
import { inquiryReason, workflowReasons } from './workflow-reasons';

/** Reasons of one response. */
const MAX_REASONS = 100;
/** Phrases of one execution. */
const MAX_PHRASES = 3;

/**
 * Why an execution has not ended: its own reasons, each followed by those of what it waits for.
 * Empty for one that has ended.
 */
export function explainWaiting(tree: WaitingTree, id: number): Pick<Waiting, 'reasons' | 'left_out'> {
  const drafts: Draft[] = [];
  const seen = new Set<number>();
  const visit = (execution: number): void => {
    if (seen.has(execution)) return;
    seen.add(execution);
    for (const draft of ownReasons(tree, execution)) {
      drafts.push(draft);
      awaitedBy(draft).forEach(visit);
    }
  };
  visit(id);
  return { reasons: drafts.slice(0, MAX_REASONS).map(toReason), left_out: Math.max(0, drafts.length - MAX_REASONS) };
}

/** The executions of the tree whose own reasons follow. */
function awaitedBy(draft: Draft): readonly number[] {
  if (draft.kind === 'child') return draft.executions;
  return draft.kind === 'task_concurrency' ? draft.holders : [];
}

function toReason({ phrase, ...reason }: Draft): WaitingReason {
  return { ...reason, text: `execution ${reason.execution} waits for ${phrase}` };
}

/** An execution's own reasons as a phrase, which completes "waits for"; null: it has ended. */
export function waitingPhrase(tree: WaitingTree, id: number): string | null {
  const phrases = ownReasons(tree, id).flatMap(({ execution, phrase }) => (execution === id ? [phrase] : []));
  if (phrases.length === 0) return null;
  const left = phrases.length - MAX_PHRASES;
  return [...phrases.slice(0, MAX_PHRASES), ...(left > 0 ? [`${left} other reasons`] : [])].join('; ');
}

function ownReasons(tree: WaitingTree, id: number): Draft[] {
  const execution = tree.find(id);
  if (execution === undefined || isTerminal(execution.status)) return [];
  switch (execution.status) {
    case 'requested':
    case 'scheduling':
      return [requestedReason(tree, execution)];
    case 'scheduled':
      return scheduledReasons(tree, execution);
    case 'suspended':
      return [recoveryReason(execution)];
    default:
      return startedReasons(tree, execution);
  }
}

const recoveryReason = ({ id, updated, termination_reason: cause }: WaitingExecution): Draft => ({
  kind: 'recovery',
  execution: id,
  since: updated,
  due_at: null,
  source: { resource: 'executions', id },
  cause,
  phrase: `the platform to start it again${cause === null ? '' : `, after ${cause}`}`,
});

function startedReasons(tree: WaitingTree, execution: WaitingExecution): Draft[] {
  const { id, worker: workerId } = execution;
  const run = tree.runOf(id);
  if (run !== undefined) return workflowReasons(tree, execution, run);
  const inquiry = tree.inquiryOf(id);
  const worker = tree.workerOf(workerId ?? 0);
  const reasons = [
    ...(worker === undefined ? [] : processReasons(tree, execution, worker)),
    ...(inquiry === undefined ? [] : [inquiryReason(id, inquiry, 'the platform')]),
  ];
  return reasons.length > 0 ? reasons : [advanceReason(tree, id, [])];
}

/** The process, and the recovery where its worker holds no lease any more. */
function processReasons(tree: WaitingTree, execution: WaitingExecution, worker: WaitingWorker): Draft[] {
  const { id, started_at: since, status } = execution;
  const lease = tree.leaseOf(id);
  const limit = tree.limitOf(id);
  const ends = since === null || limit === undefined ? null : laterBy(since, limit.seconds);
  const stopping = status === 'canceling';
  const limitText =
    limit === undefined
      ? ''
      : `, which the limit of the ${limit.level}, ${limit.seconds} s, ends at ${ends ?? 'an unknown instant'}`;
  return [
    {
      kind: 'process',
      execution: id,
      since,
      due_at: ends,
      source: { resource: 'executions', id },
      worker: worker.id,
      name: worker.name,
      limit_seconds: limit?.seconds ?? null,
      limit_level: limit?.level ?? null,
      stopping,
      phrase: `${stopping ? 'the stop of ' : ''}its process on worker ${worker.name}${limitText}`,
    },
    ...(lease?.is_held ? [] : [leaseReason(execution, worker, 'expired', lease?.expires_at ?? null)]),
  ];
}

/** An instant so many seconds later, to the microsecond, as every other instant is written. */
function laterBy(instant: string, seconds: number): string {
  const micros = Number(/\.(\d+)/.exec(instant)?.[1]?.padEnd(6, '0') ?? 0) + Math.round(seconds * 1_000_000);
  const whole = Date.parse(instant.replace(/\.\d+/, '')) + Math.floor(micros / 1_000_000) * 1_000;
  const later = `${new Date(whole).toISOString().slice(0, 19)}.${String(micros % 1_000_000).padStart(6, '0')}`;
  return `${later.replace(/\.?0+$/, '')}Z`;
}
