import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';
import type { TerminationReason } from '../../../contract/executions';
import type { Status } from '../../../contract/status';
import { notifyDispatch } from '../../store/database/notify';
import { livenessNow, readClock, withUtcOffset, type Transaction } from '../../store/database/connection';
import { loadWorkerLossPolicy } from '../../store/executions/attempt-details';
import { cancellation } from '../../store/lifecycle/cancelled-result';
import { storableResult } from '../../store/lifecycle/result-extensions';
import { transition } from '../../store/lifecycle/lifecycle';
import { createWorkerAlert } from '../events/alert';

/** As in `worker_crash_suspect`. */
const SUSPICIONS_TO_RUN_ALONE = 2;

export interface RecoveryPolicy {
  readonly recovery: 'auto' | 'off';
  readonly maxRecoveries: number;
  /** How long a lease lasts without a heartbeat, ms. */
  readonly leaseMs: number;
}

interface LostExecution {
  readonly id: number;
  readonly action_ref: string;
  readonly status: Status;
  readonly worker: number;
  readonly attempt: number;
  readonly suspicions: number;
  readonly uncounted: number;
  readonly stopped_after: number | null;
  /** False: no worker has claimed it; its row was written by other means than the platform's. */
  readonly wasLeased: boolean;
  readonly reason: TerminationReason;
}

/**
 * Recovers an execution whose worker is lost, or has stopped. Its lease is deleted, so that a
 * late result is rejected. The execution is started again under a new token, at most
 * `maxRecoveries` times, and then `abandoned`, as one that has started and whose action is not
 * repeated (`on_worker_loss: abandon`); one that is `canceling` becomes `cancelled`.
 * Recoveries after crashes that others may have caused do not count. They are few: one that may
 * have caused two runs alone from then on.
 */
export async function recoverExecution(
  transaction: Transaction,
  tenant: number,
  execution: number,
  policy: RecoveryPolicy,
): Promise<void> {
  const lost = await lockLost(transaction, execution, policy.leaseMs);
  if (!lost) return;
  if (lost.status === 'canceling') {
    const result = { succeeded: false, cancelled: true, error: 'Execution cancelled by user', worker_lost: true };
    return transition(
      transaction,
      lost.id,
      'cancelled',
      cancellation(storableResult(transaction, result), lost.stopped_after),
    );
  }
  const reason = HAS_STARTED.includes(lost.status) ? await reasonToAbandon(transaction, lost, policy) : null;
  if (reason === null) await requestAgain(transaction, tenant, lost);
  else await abandon(transaction, tenant, lost, reason);
}

/** Of an execution that has started. */
async function reasonToAbandon(
  transaction: Transaction,
  lost: LostExecution,
  { recovery, maxRecoveries }: RecoveryPolicy,
): Promise<AbandonReason | null> {
  const recoveries = lost.attempt - 1 - lost.uncounted; // -1: a first attempt that another one may have crashed
  const counted = Math.max(0, recoveries);
  if (lost.status === 'running' && !lost.wasLeased) return neverLeased(counted);
  if (recovery === 'off') return recoveryOff(counted);
  if ((await loadWorkerLossPolicy(transaction, lost.id)) === 'abandon') return notRepeated(counted);
  if (lost.status === 'running' && recoveries >= maxRecoveries) return limitReached(counted);
  return null;
}

const HAS_STARTED: readonly Status[] = ['running', 'suspended'];

async function lockLost(
  transaction: Transaction,
  execution: number,
  leaseMs: number,
): Promise<LostExecution | undefined> {
  const row = await transaction
    .selectFrom('execution as e')
    .leftJoin('worker_crash_suspect as s', 's.execution', 'e.id')
    .select(['e.id', 'e.action_ref', 'e.status', 'e.worker', 'e.attempt', 'e.stopped_after', 'e.termination_reason'])
    .select(({ fn, val }) => [
      fn.coalesce('s.suspicions', val(0)).as('suspicions'),
      fn.coalesce('s.uncounted_recoveries', val(0)).as('uncounted'),
    ])
    .where('e.id', '=', execution)
    .forUpdate('e')
    .executeTakeFirst();
  const { rows: ended } = await sql<{ end_reason: TerminationReason | null }>`
    delete from lease where resource = ${`execution:${execution}`} and expires_at < ${livenessNow}
    returning end_reason`.execute(transaction);
  const lease = await transaction
    .selectFrom('lease')
    .select('owner')
    .where('resource', '=', `execution:${execution}`)
    .executeTakeFirst();
  if (!row || !RECOVERABLE.includes(row.status) || row.worker === null || lease) return undefined;
  const known = row.termination_reason ?? ended[0]?.end_reason;
  const reason = known ?? (await reasonOfSilence(transaction, row.worker, leaseMs));
  return { ...row, worker: row.worker, wasLeased: ended.length > 0, reason };
}

const RECOVERABLE: readonly Status[] = ['scheduled', 'running', 'suspended', 'canceling'];

/**
 * Of a worker whose leases have expired by their time. A platform that lives renews its executor
 * three times a lease; the workers of one that has ended are marked inactive.
 */
async function reasonOfSilence(transaction: Transaction, worker: number, leaseMs: number): Promise<TerminationReason> {
  const { rows } = await sql<{ hasEnded: boolean | null }>`
    select max(x.expires_at) < ${livenessNow} + ${leaseMs / 2} * interval '1 ms' as "hasEnded"
    from worker w join executor x on x.instance = w.meta->>'instance'
    where w.id = ${worker} and w.tenant is null`.execute(transaction);
  if (rows[0]?.hasEnded !== true) return 'heartbeat_timeout';
  await sql`select mark_worker_lost(${worker})`.execute(transaction); // it must not be chosen again
  return 'crashed';
}

interface AbandonReason {
  /** The text of the result, from the worker's name. */
  describe(worker: string): string;
  readonly details: JsonObject;
}

const limitReached = (recoveries: number): AbandonReason => ({
  describe: (worker) =>
    `RECOVERY_LIMIT: worker ${worker} was lost, and recovery is at its limit: ${recoveries} recoveries`,
  details: { code: 'RECOVERY_LIMIT', recoveries },
});

const recoveryOff = (recoveries: number): AbandonReason => ({
  describe: (worker) => `Worker ${worker} was lost, and recovery is off`,
  details: { recoveries },
});

const notRepeated = (recoveries: number): AbandonReason => ({
  describe: (worker) => `Worker ${worker} was lost, and the action has on_worker_loss: abandon`,
  details: { recoveries },
});

const neverLeased = (recoveries: number): AbandonReason => ({
  describe: (worker) => `Worker ${worker} was lost, and held no lease on the execution`,
  details: { recoveries },
});

/** Ends a lost execution for good, and creates an alert about its worker. */
async function abandon(
  transaction: Transaction,
  tenant: number,
  { id, action_ref, status, worker: workerId, reason }: LostExecution,
  { describe, details }: AbandonReason,
): Promise<void> {
  const worker = await transaction
    .selectFrom('worker')
    .select(['id', 'name', 'status', 'cordoned', 'last_heartbeat'])
    .where('id', '=', workerId)
    .executeTakeFirstOrThrow();
  const result = {
    error: describe(worker.name),
    abandoned_by: 'execution_timeout_monitor',
    original_status: status,
    worker: { ...worker, last_heartbeat: worker.last_heartbeat && withUtcOffset(worker.last_heartbeat) },
    reconciled_at: withUtcOffset(await readClock(transaction)),
    ...details,
  };
  await transition(transaction, id, 'abandoned', {
    result: storableResult(transaction, result),
    columns: { termination_reason: reason },
  });
  await createWorkerAlert(
    transaction,
    tenant,
    { ...worker, worker_role: 'action' },
    {
      scope: `execution:${id}`,
      summary: `Execution ${id} of ${action_ref} was abandoned: worker ${worker.name} was lost`,
      details: { execution: id, action_ref, original_status: status, ...details },
    },
  );
}

async function requestAgain(transaction: Transaction, tenant: number, lost: LostExecution): Promise<void> {
  const { id, status: from, attempt, worker, suspicions, reason } = lost;
  const quarantined = suspicions >= SUSPICIONS_TO_RUN_ALONE;
  await transition(transaction, id, 'requested', {
    columns: { worker: null, started_at: null },
    log: [
      { type: 'EXECUTION_RECOVERED', payload: { from, attempt, reason, ...(quarantined && { quarantined }) }, worker },
    ],
  });
  await notifyDispatch(transaction, tenant);
}
