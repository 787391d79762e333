import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../../store/database/connection';
import { RowIsolation } from '../../store/database/row-isolation';
import { endInquiry, isInquiryExpired, lockInquiry } from '../../store/inquiries/end-inquiry';

/** Inquiries of one pass; the next pass finds the others. */
const BATCH = 200;

interface DueInquiry {
  readonly inquiry: number | null;
  readonly tenant: number;
  readonly next: number | null;
}

/**
 * Ends every inquiry whose timeout has passed. Returns ms until the next timeout; Infinity where
 * there is none. An inquiry that cannot be ended does not stop the others.
 */
export async function expireInquiries(db: Database, log: Logger, isolation = new RowIsolation()): Promise<number> {
  const dueInquiries = await db.singleStatement(async (transaction) => {
    const { rows } = await sql<DueInquiry>`
      select inquiry, tenant, null::double precision as next from due_inquiries(${BATCH + isolation.failedRows().length})
      union all select null, 0, next_inquiry_ms()`.execute(transaction);
    return rows;
  });
  await isolation.runEach(
    dueInquiries.flatMap(({ inquiry, tenant }) => (inquiry === null ? [] : [{ inquiry, tenant }])),
    ({ inquiry }) => ({ inquiry }),
    ({ inquiry, tenant }) => expireInquiry(db, tenant, inquiry),
    (error) => log.error({ err: error }, 'could not expire an inquiry'),
  );
  return dueInquiries.find(({ inquiry }) => inquiry === null)?.next ?? Infinity;
}

/** False where it has ended in the meantime, or its timeout has not passed. */
const expireInquiry = (db: Database, tenant: number, id: number): Promise<boolean> =>
  db.inTenant(tenant, async (transaction) => {
    const locked = await lockInquiry(transaction, id);
    if (!locked || !(await isInquiryExpired(transaction, locked.inquiry))) return false;
    await endInquiry(transaction, locked, { status: 'timeout' });
    return true;
  });
