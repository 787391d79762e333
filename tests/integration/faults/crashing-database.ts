import type { Database } from '../../../platform/store/database/connection';

/** Thrown in place of everything that a dead process would have done next. */
export class ProcessDied extends Error {}

/** Where a process dies: its transaction is rolled back, or committed without a follow-up. */
export type Moment = 'before' | 'after';

interface CrashingDatabase extends Database {
  /** Transactions so far. */
  count(): number;
}

/**
 * The database of a process that dies at the commit of its transaction number `at`, from 1. From
 * then on every transaction throws, as nothing of that process runs any more.
 */
export function dieAt(db: Database, at: number, moment: Moment): CrashingDatabase {
  let count = 0;
  const dying =
    <T>(run: (guard: <R>(result: R) => R) => Promise<T>) =>
    async (): Promise<T> => {
      count++;
      if (count > at) throw new ProcessDied();
      const result = await run((value) => {
        if (count === at && moment === 'before') throw new ProcessDied();
        return value;
      });
      if (count === at) throw new ProcessDied();
      return result;
    };
  return {
    count: () => count,
    inTenant: (tenant, work) =>
      dying((guard) => db.inTenant(tenant, async (transaction) => guard(await work(transaction))))(),
    aloneInTenant: (tenant, work) =>
      dying((guard) => db.aloneInTenant(tenant, async (transaction) => guard(await work(transaction))))(),
    readingInTenant: (tenant, work) =>
      dying((guard) => db.readingInTenant(tenant, async (transaction) => guard(await work(transaction))))(),
    statementInTenant: (tenant, statement) =>
      dying((guard) => db.inTenant(tenant, async (transaction) => guard(await statement(transaction))))(),
    withoutTenant: (work) =>
      dying((guard) => db.withoutTenant(async (transaction) => guard(await work(transaction))))(),
    singleStatement: (statement) =>
      dying((guard) => db.withoutTenant(async (transaction) => guard(await statement(transaction))))(),
    close: () => Promise.resolve(),
  };
}
