import { sql, type RawBuilder } from 'kysely';
import type { Transaction } from '../database/connection';

/** Of a deleted action or sensor only the ref is known: its first part. */
const packRefOfOwner = (table: 'action' | 'sensor', owner: RawBuilder<string>) => sql`
  coalesce((select c.pack_ref from ${sql.table(table)} c where c.ref = ${owner} order by c.tenant desc limit 1),
    substring(${owner} from '^([^.]+)[.]'))`;

/** The pack that an artifact of this scope and owner belongs to; null: to none. */
export const owningPackRef = (scope: RawBuilder<string>, owner: RawBuilder<string>) => sql<string | null>`case ${scope}
  when 'pack' then ${owner} when 'action' then ${packRefOfOwner('action', owner)}
  when 'sensor' then ${packRefOfOwner('sensor', owner)} end`;

/** The same for an artifact that is not stored. */
export async function findOwningPackRef(
  transaction: Transaction,
  { scope, owner }: { readonly scope: string; readonly owner: string },
): Promise<string | null> {
  const ref = owningPackRef(sql`${scope}::text`, sql`${owner}::text`);
  const { rows } = await sql<{ ref: string | null }>`select ${ref} as ref`.execute(transaction);
  return rows[0]!.ref;
}
