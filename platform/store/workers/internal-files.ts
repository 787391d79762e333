import { sql } from 'kysely';
import type { Transaction } from '../database/connection';
import { ownedByTenant } from '../database/tenant-filter';

/** How a change makes the new size of a file from its own. */
export type SizeChange = 'replace' | 'append';

/**
 * Records a change of a file, and locks its path until the transaction ends: changes of one path
 * follow each other in every process of the platform.
 */
export const recordInternalFile = (
  transaction: Transaction,
  path: string,
  bytes: number,
  change: SizeChange,
): Promise<unknown> =>
  transaction
    .insertInto('internal_file')
    .values({ path, size_bytes: bytes })
    .onConflict((conflict) =>
      conflict.columns(['tenant', 'path']).doUpdateSet({
        size_bytes:
          change === 'replace'
            ? sql<number>`excluded.size_bytes`
            : sql<number>`internal_file.size_bytes + excluded.size_bytes`,
      }),
    )
    .execute();

/** Locks the path of a recorded file until the transaction ends. */
export const forgetInternalFile = (transaction: Transaction, path: string): Promise<unknown> =>
  transaction.deleteFrom('internal_file').where('path', '=', path).where(ownedByTenant).execute();
