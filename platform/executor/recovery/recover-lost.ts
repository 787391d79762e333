import { sql, type RawBuilder } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { recoverExecution, type RecoveryPolicy } from './recover-execution';
import type { RecoveryGate } from './recovery-gate';
import { markLostWorker, markSilentWorker, type SilentWorker } from './silent-workers';

export interface LossOptions extends RecoveryPolicy {
  /** A worker without a heartbeat for this long is inactive, ms. */
  readonly staleMs: number;
}

/**
 * Its calls return false where the database was away, so that workers could not renew what they
 * hold. A worker that cannot be marked, and an execution that cannot be recovered, do not stop the
 * others.
 */
export function createRecovery(
  db: Database,
  options: LossOptions,
  gate: RecoveryGate,
  log: Logger,
): () => Promise<boolean> {
  const ask = askThrough(db, gate);
  const isolation = new RowIsolation();
  const markSilent = async (silent: SilentWorker) => {
    const { worker } = silent;
    if (await markSilentWorker(db, silent, options.staleMs)) log.warn({ worker }, 'worker inactive: no heartbeat');
  };
  const markEnded = async ({ worker }: { readonly worker: number }) => {
    await markLostWorker(db, worker);
    log.warn({ worker }, 'worker inactive: its platform has ended');
  };
  const recover = async ({ execution, tenant }: LostRow) => {
    await db.inTenant(tenant, (transaction) => recoverExecution(transaction, tenant, execution, options));
    log.warn({ execution }, 'execution lost its worker');
  };
  return async () => {
    const [answer] = (await ask(hasLosses(options.staleMs))) ?? [];
    if (answer === undefined) return false;
    if (!answer.hasLosses) return true;
    const ended = await ask(sql<{ readonly worker: number }>`select worker from workers_of_ended_platforms()`);
    await isolation.runEach(
      ended ?? [],
      ({ worker }) => ({ worker }),
      markEnded,
      (error) => log.error({ err: error }, 'could not mark the worker of an ended platform inactive'),
    );
    const silent = await ask(sql<SilentWorker>`select worker, tenant from silent_workers(${options.staleMs})`);
    await isolation.runEach(
      silent ?? [],
      ({ worker }) => ({ worker }),
      markSilent,
      (error) => log.error({ err: error }, 'could not mark a silent worker inactive'),
    );
    const lost = await ask(sql<LostRow>`select execution, tenant from lost_executions()`);
    await isolation.runEach(
      lost ?? [],
      ({ execution }) => ({ execution }),
      recover,
      (error) => log.error({ err: error }, 'could not recover an execution'),
    );
    return lost !== null;
  };
}

const hasLosses = (staleMs: number): RawBuilder<{ readonly hasLosses: boolean }> => sql`
  select exists (select from workers_of_ended_platforms()) or exists (select from silent_workers(${staleMs}))
    or exists (select from lost_executions()) as "hasLosses"`;

interface LostRow {
  readonly execution: number;
  readonly tenant: number;
}

/** Runs a statement. Null: the gate is closed, also by the time that this one took. */
const askThrough =
  (db: Database, gate: RecoveryGate) =>
  async <T>(statement: RawBuilder<T>): Promise<readonly T[] | null> => {
    try {
      const { rows } = await db.singleStatement((transaction) => statement.execute(transaction));
      return gate.recordAnswer(performance.now()) ? rows : null;
    } catch (error) {
      gate.recordFailure();
      throw error;
    }
  };
