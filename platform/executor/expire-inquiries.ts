import { sql } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../store/database';
import { endInquiry, isOver, lockInquiry } from '../store/inquiry-ends';

/** Inquiries of one look; what is left is found by the next. */
const BATCH = 200;

interface Due {
  readonly inquiry: number | null;
  readonly tenant: number;
  readonly next: number | null;
}

/**
 * Ends every question whose time is over, and answers how long until the next is, ms; Infinity where none has a time.
 * One that cannot be ended does not keep the others.
 */
export async function expireInquiries(db: Database, log: Logger): Promise<number> {
  const due = await db.alone(async (transaction) => {
    const { rows } = await sql<Due>`
      select inquiry, tenant, null::double precision as next from due_inquiries(${BATCH})
      union all select null, 0, next_inquiry_ms()`.execute(transaction);
    return rows;
  });
  for (const { inquiry, tenant } of due) {
    if (inquiry === null) continue;
    try {
      await expireInquiry(db, tenant, inquiry);
    } catch (error) {
      log.error({ err: error, inquiry }, 'an inquiry could not be ended at its time');
    }
  }
  return due.find(({ inquiry }) => inquiry === null)?.next ?? Infinity;
}

/** False where it was answered or ended by another in the meantime, or its time is not over. */
export const expireInquiry = (db: Database, tenant: number, id: number): Promise<boolean> =>
  db.inTenant(tenant, async (transaction) => {
    const held = await lockInquiry(transaction, id);
    if (!held || !(await isOver(transaction, held.inquiry))) return false;
    await endInquiry(transaction, tenant, held, { status: 'timeout' });
    return true;
  });
