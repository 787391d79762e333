import { DomainError } from '../../base/domain-error';
import type { Database } from './connection';
import type { DatabaseProbe } from './database-probe';

/** How long a transaction waits before the database is probed, and between probes, ms. */
const PROBE_PAUSE_MS = 2_000;
/** A host that is paused for a moment answers one probe too late. */
const FAILED_PROBES = 2;

/** What a request is answered while the database is away. */
export const databaseUnavailable = () =>
  new DomainError('DB_UNAVAILABLE', 'The database does not answer: try again. What was being stored may be stored');

/**
 * The same database, for requests: a transaction rejects with DB_UNAVAILABLE while the database
 * does not answer, also to a second probe, instead of waiting for it. One that is slow is waited
 * for.
 */
export function rejectWhileAway(db: Database, probe: DatabaseProbe): Database {
  const guard = async <T>(transaction: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const away = new Promise<never>((_resolve, reject) => {
      let failed = 0;
      timer = setInterval(() => {
        void probe.isAway().then((isAway) => {
          failed = isAway ? failed + 1 : 0;
          if (failed === FAILED_PROBES) reject(databaseUnavailable());
        });
      }, PROBE_PAUSE_MS);
    });
    try {
      return await Promise.race([transaction, away]);
    } finally {
      clearInterval(timer);
    }
  };
  return {
    inTenant: (tenant, work) => guard(db.inTenant(tenant, work)),
    aloneInTenant: (tenant, work) => guard(db.aloneInTenant(tenant, work)),
    readingInTenant: (tenant, work) => guard(db.readingInTenant(tenant, work)),
    statementInTenant: (tenant, statement) => guard(db.statementInTenant(tenant, statement)),
    withoutTenant: (work) => guard(db.withoutTenant(work)),
    singleStatement: (statement) => guard(db.singleStatement(statement)),
    close: () => db.close(),
  };
}
