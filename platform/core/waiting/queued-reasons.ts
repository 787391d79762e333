import type { Unavailable } from '../../../contract/waiting';
import { executionsText, firstIds, MAX_IDS, othersText, untilText, type Draft } from './draft';
import { advanceReason, pauseReason } from './engine-reasons';
import type { SlotTurn, WaitingExecution, WaitingWorker, WorkerFit } from './facts';
import type { WaitingTree } from './waiting-tree';

const ofExecution = ({ id, created }: WaitingExecution) => ({
  execution: id,
  since: created,
  due_at: null,
  source: { resource: 'executions' as const, id },
});

/** Why an execution has not been given to a worker. */
export function requestedReason(tree: WaitingTree, execution: WaitingExecution): Draft {
  const { id, parent, released, task_index, is_planned } = execution;
  const paused = released ? null : tree.pausedBy(parent);
  if (paused !== null) return pauseReason(id, paused);
  if (!released)
    return (task_index === null ? null : concurrencyReason(tree, execution)) ?? releaseReason(tree, execution);
  if (is_planned) return retryReason(execution);
  const fit = tree.fitOf(id);
  return (
    (fit && workerReason(execution, fit)) ?? {
      ...ofExecution(execution),
      kind: 'dispatch',
      phrase: 'an executor to dispatch it',
    }
  );
}

/** The engine of its workflow has not released it yet. */
const releaseReason = (tree: WaitingTree, { id, parent }: WaitingExecution): Draft => ({
  ...advanceReason(tree, parent!, tree.unprocessedChildren(parent!)),
  execution: id,
  phrase: `the engine of execution ${parent} to release it`,
});

/** Null: fewer items than may do not have a place, so that its workflow has to release one. */
export function concurrencyReason(tree: WaitingTree, execution: WaitingExecution): Draft | null {
  const { task_name: task, parent } = execution;
  const limit = tree.runOf(parent!)?.definition?.tasks.get(task!)?.concurrency;
  const { released, waiting } = tree.itemsBeside(execution);
  if (limit === undefined || released.length < limit) return null;
  const holders = firstIds(released);
  return {
    ...ofExecution(execution),
    kind: 'task_concurrency',
    task: task!,
    limit,
    used: released.length,
    holders,
    waiting: waiting.length,
    phrase:
      `its turn in the list of task ${task}: ${released.length} of ${limit} places are used, ` +
      `by ${executionsText(holders, released.length)}`,
  };
}

const retryReason = (execution: WaitingExecution): Draft => {
  const { retry_count: retry, task_retries, due_at, retry_reason: cause, original_execution: first } = execution;
  const retries = task_retries ?? 0;
  return {
    ...ofExecution(execution),
    kind: 'retry',
    due_at,
    retry,
    retries,
    cause,
    first,
    phrase: `its retry ${retry} of ${retries} at ${due_at}${cause === null ? '' : `, after the status ${cause}`}`,
  };
};

/** Null: a worker would get it. */
function workerReason(execution: WaitingExecution, { workers, missing, unavailable }: WorkerFit): Draft | null {
  if (workers > 0 && missing.length === 0 && unavailable.length === 0) return null;
  const details = { kind: 'worker' as const, workers, missing: [...missing], unavailable: [...unavailable] };
  return { ...ofExecution(execution), ...details, phrase: workerPhrase({ workers, missing, unavailable }) };
}

function workerPhrase({ workers, missing, unavailable }: WorkerFit): string {
  if (workers === 0) return 'a worker: none is registered';
  if (missing.length > 0) return `a worker with ${missing.join(', ')}: none of ${workers} has it`;
  return `a worker that accepts work: ${unavailable.map(unavailableText).join(', ')}`;
}

const CAUSE_TEXTS: Readonly<Record<Unavailable['cause'], string>> = {
  inactive: 'is inactive',
  cordoned: 'is cordoned',
  silent: 'has sent no heartbeat in time',
  reserved: 'is reserved for an execution that runs alone',
  short_of_space: 'is short of disk space',
};

const unavailableText = ({ name, cause }: Unavailable): string => `${name} ${CAUSE_TEXTS[cause]}`;

/** Why a worker that has got an execution has not started its process. */
export function scheduledReasons(tree: WaitingTree, execution: WaitingExecution): Draft[] {
  const { id, worker: workerId, runs_alone } = execution;
  const worker = tree.workerOf(workerId ?? 0);
  if (worker === undefined)
    return [{ ...ofExecution(execution), kind: 'dispatch', phrase: 'an executor to dispatch it' }];
  const lease = tree.leaseOf(id);
  if (lease?.is_held) return [startReason(tree, execution, worker, lease)];
  const isFull = !worker.is_external && (worker.used >= worker.slots || (runs_alone && worker.used > 0));
  if (!isFull) return [leaseReason(execution, worker, 'none', null)];
  return [slotReason(execution, worker), ...shareReasons(execution, worker, tree.turnOf(id))];
}

/** The limit of its tenant: executions of others get the next slots of the worker. */
function shareReasons(execution: WaitingExecution, { id, name, slots }: WaitingWorker, turn?: SlotTurn): Draft[] {
  if (turn === undefined || turn.before === 0) return [];
  const { held, weight, before } = turn;
  const others = before === 1 ? '1 execution of another tenant comes' : `${before} executions of other tenants come`;
  return [
    {
      ...ofExecution(execution),
      kind: 'tenant_share',
      since: execution.updated,
      source: { resource: 'workers', id },
      worker: id,
      name,
      held,
      weight,
      before,
      phrase:
        `the share of its tenant, which uses ${held} of ${slots} slots by its weight of ${weight}: ` +
        `at least ${others} first`,
    },
  ];
}

function startReason(
  tree: WaitingTree,
  execution: WaitingExecution,
  worker: WaitingWorker,
  { acquired_at, expires_at }: { readonly acquired_at: string; readonly expires_at: string },
): Draft {
  const environment = tree.environmentOf(execution.id);
  if (environment === undefined) {
    return { ...leaseReason(execution, worker, 'held', expires_at), since: acquired_at };
  }
  const { id, pack_ref, runtime, status, updated } = environment;
  return {
    ...ofExecution(execution),
    kind: 'environment',
    since: updated,
    source: { resource: 'environments', id },
    pack_ref,
    runtime,
    status,
    phrase: `the ${runtime} environment of pack ${pack_ref}, which is ${status}`,
  };
}

function slotReason(execution: WaitingExecution, { id, name, slots, used, holders }: WaitingWorker): Draft {
  const others = Math.max(0, used - holders.length);
  const shown = holders.slice(0, MAX_IDS);
  const by = [
    ...(holders.length > 0 ? [executionsText(shown, holders.length)] : []),
    ...(others > 0 ? [othersText(others)] : []),
  ].join(' and ');
  const subject = execution.runs_alone
    ? `worker ${name} to hold nothing else, as it may have crashed workers`
    : `a free slot of worker ${name}`;
  return {
    ...ofExecution(execution),
    kind: 'slot',
    since: execution.updated,
    source: { resource: 'workers', id },
    worker: id,
    name,
    slots,
    used,
    holders: shown,
    others,
    phrase: `${subject}: ${used} of ${slots} slots are used, by ${by}`,
  };
}

const LEASE_PHRASES = {
  none: (name: string) => `worker ${name} to take it`,
  held: (name: string, until: string | null) => `worker ${name} to start its process, under a lease${untilText(until)}`,
  expired: (name: string, until: string | null) =>
    until === null
      ? `its recovery: worker ${name} has no lease of it`
      : `its recovery: the lease of worker ${name} ended at ${until}`,
} as const;

/** `until`: the end of the lease; null: there is none. */
export const leaseReason = (
  execution: WaitingExecution,
  { id, name }: WaitingWorker,
  state: keyof typeof LEASE_PHRASES,
  until: string | null,
): Draft => ({
  ...ofExecution(execution),
  kind: 'lease',
  since: execution.updated,
  due_at: state === 'held' ? until : null,
  source: { resource: 'workers', id },
  worker: id,
  name,
  state,
  phrase: LEASE_PHRASES[state](name, until),
});
