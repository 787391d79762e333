import { sql, type Insertable, type Kysely, type RawBuilder, type UpdateObject } from 'kysely';
import { now, type Transaction } from '../../store/database/connection';
import { ownedByTenant } from '../../store/database/tenant-filter';
import type { Tables } from '../../store/database/tables';

/** The pack of a component. */
export interface PackRef {
  readonly id: number;
  readonly ref: string;
}

/**
 * A component of that ref belongs to another pack or was created through the API; it is not
 * changed.
 */
export class RefTaken extends Error {
  constructor(ref: string) {
    super(`${ref} is taken by another pack or was made through the API`);
    this.name = 'RefTaken';
  }
}

/** Tables of components, each with the condition that a row was declared by a file. */
const FROM_FILE = {
  permission_set: sql<boolean>`true`,
  runtime: sql<boolean>`not runtime.is_adhoc`,
  trigger: sql<boolean>`not trigger.is_adhoc`,
  // Not created through the API, neither itself nor as the companion action of a workflow.
  action: sql<boolean>`not action.is_adhoc and not exists (
    select from workflow_definition w where w.id = action.workflow_def and not w.from_file)`,
  workflow_definition: sql<boolean>`workflow_definition.from_file`,
  // Every queue of a pack, also one that was created through the API.
  work_queue: sql<boolean>`true`,
  rule: sql<boolean>`not rule.is_adhoc`,
  sensor: sql<boolean>`not sensor.is_adhoc`,
};

export type ComponentTable = keyof typeof FROM_FILE;

type CommonColumn = 'id' | 'tenant' | 'ref' | 'pack' | 'pack_ref' | 'updated';

/** The transaction, typed with the columns that all tables of components have. */
const withCommonColumns = (transaction: Transaction) =>
  transaction as unknown as Kysely<Record<ComponentTable, Pick<Tables['action'], CommonColumn>>>;

interface Component<T extends ComponentTable> {
  readonly ref: string;
  readonly columns: Omit<Insertable<Tables[T]>, CommonColumn>;
  /** What an existing row gets besides. */
  readonly updated?: UpdateObject<Tables, T>;
  /** Condition that an existing row may be changed; by default, that it was declared by a file. */
  readonly replaces?: RawBuilder<boolean>;
}

/** Inserts or updates; an existing row keeps its id, which is returned. Throws RefTaken. */
export async function saveComponent<T extends ComponentTable>(
  transaction: Transaction,
  table: T,
  pack: PackRef,
  { ref, columns, updated = {}, replaces = FROM_FILE[table] }: Component<T>,
): Promise<number> {
  const tableName: ComponentTable = table;
  const row = await withCommonColumns(transaction)
    .insertInto(tableName)
    .values({ ref, pack: pack.id, pack_ref: pack.ref, ...columns })
    .onConflict((on) =>
      on
        .columns(['tenant', 'ref'])
        .doUpdateSet({ ...columns, ...updated, updated: now })
        .where(`${tableName}.pack`, '=', pack.id)
        .where(replaces),
    )
    .returning('id')
    .executeTakeFirst();
  if (!row) throw new RefTaken(ref);
  return row.id;
}

/**
 * Removes what the pack's files no longer declare, except what was created through the API, and
 * what tenants have added to a shared pack.
 */
export async function removeUndeclared(
  transaction: Transaction,
  table: ComponentTable,
  pack: PackRef,
  declaredRefs: readonly string[],
): Promise<void> {
  await withCommonColumns(transaction)
    .deleteFrom(table)
    .where('pack', '=', pack.id)
    .where(ownedByTenant)
    .where(FROM_FILE[table])
    .where(sql<boolean>`not ref = any(${[...declaredRefs]}::text[])`)
    .execute();
}
