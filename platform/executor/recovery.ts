import { sql } from 'kysely';
import type { JsonObject } from '../../contract/json';
import type { Status } from '../../contract/status';
import { ringAdvance, ringDispatch } from '../queue/ring';
import { asJson, now, type Transaction } from '../store/database';
import { append } from '../store/log';
import { stoppedResult } from '../store/stopped';

export interface RecoveryPolicy {
  readonly recovery: 'auto' | 'off';
  readonly maxRecoveries: number;
}

interface Lost {
  readonly id: number;
  readonly root: number;
  readonly parent: number | null;
  readonly workflow_execution: number | null;
  readonly status: Status;
  readonly worker: number | null;
  readonly attempt: number;
  readonly stopped_after: number | null;
}

/**
 * An execution whose worker is gone. Its lease goes with it, so that a result that comes late is refused. It is started
 * again under a new token, at most `maxRecoveries` times, then `abandoned`; one that was to stop is `cancelled`.
 */
export async function recover(
  transaction: Transaction,
  tenant: number,
  execution: number,
  policy: RecoveryPolicy,
): Promise<void> {
  const lost = await lockLost(transaction, execution);
  if (!lost) return;
  if (lost.status === 'canceling') {
    const result = { succeeded: false, cancelled: true, error: 'Execution cancelled by user', worker_lost: true };
    return end(transaction, tenant, lost, 'cancelled', stoppedResult(result, lost.stopped_after));
  }
  const recoveries = Math.max(0, lost.attempt - 1);
  if (lost.status === 'running' && (policy.recovery === 'off' || recoveries >= policy.maxRecoveries)) {
    return end(transaction, tenant, lost, 'abandoned', abandonedResult(lost, recoveries));
  }
  await startAgain(transaction, tenant, lost);
}

async function lockLost(transaction: Transaction, execution: number): Promise<Lost | undefined> {
  const row = await transaction
    .selectFrom('execution')
    .select(['id', 'root', 'parent', 'workflow_execution', 'status', 'worker', 'attempt', 'stopped_after'])
    .where('id', '=', execution)
    .forUpdate()
    .executeTakeFirst();
  await sql`delete from lease where resource = ${`execution:${execution}`} and expires_at < ${now}`.execute(
    transaction,
  );
  const held = await transaction
    .selectFrom('lease')
    .select('owner')
    .where('resource', '=', `execution:${execution}`)
    .executeTakeFirst();
  const isAlive = row?.status === 'scheduled' || row?.status === 'running' || row?.status === 'canceling';
  return isAlive && row.worker !== null && !held ? row : undefined;
}

const abandonedResult = (lost: Lost, recoveries: number): JsonObject => ({
  error: `Worker ${String(lost.worker)} was lost, and recovery is at its limit: ${recoveries} recoveries`,
  abandoned_by: 'execution_timeout_monitor',
  original_status: lost.status,
  worker: { id: lost.worker },
  recoveries,
});

async function end(
  transaction: Transaction,
  tenant: number,
  lost: Lost,
  status: 'cancelled' | 'abandoned',
  result: JsonObject,
): Promise<void> {
  await transaction
    .updateTable('execution')
    .set({ status, result: asJson(result), finished_at: now, updated: now })
    .where('id', '=', lost.id)
    .execute();
  const type = status === 'cancelled' ? 'EXECUTION_CANCELLED' : 'EXECUTION_ABANDONED';
  await append(transaction, [{ root: lost.root, execution: lost.id, worker: lost.worker, type }]);
  if (lost.workflow_execution !== null && lost.parent !== null) await ringAdvance(transaction, tenant, lost.parent);
}

async function startAgain(transaction: Transaction, tenant: number, lost: Lost): Promise<void> {
  await transaction
    .updateTable('execution')
    .set({ status: 'requested', worker: null, started_at: null, updated: now })
    .where('id', '=', lost.id)
    .execute();
  const payload = { from: lost.status, attempt: lost.attempt };
  await append(transaction, [
    { root: lost.root, execution: lost.id, worker: lost.worker, type: 'EXECUTION_RECOVERED', payload },
  ]);
  await ringDispatch(transaction, tenant);
}
