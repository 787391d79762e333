import { sql, type RawBuilder, type SelectQueryBuilder, type SelectType, type SqlBool } from 'kysely';
import { splitWords } from '../../core/words';
import type { Tables } from './tables';
import { sharedRowsFirst, visibleToTenant } from './tenant-filter';

type Query<Table extends keyof Tables, Row> = SelectQueryBuilder<Tables, Table, Row>;

/** One page of a list: skips `offset` rows and returns at most `limit`. */
export interface RowRange {
  readonly offset: number;
  readonly limit: number;
}

/** Some rows of a list, and the number of all. */
export interface CountedRows<T> {
  readonly rows: readonly T[];
  readonly total: number;
}

type ColumnValues<Table extends keyof Tables> = {
  readonly [Column in keyof Tables[Table]]?: NonNullable<SelectType<Tables[Table][Column]>> | undefined;
};

/** Of no condition: every row. */
const allOf = (conditions: readonly RawBuilder<unknown>[]): RawBuilder<SqlBool> =>
  conditions.length === 0 ? sql`true` : sql`(${sql.join(conditions, sql` and `)})`;

/** Condition that the columns have these values; an undefined value matches every row. */
export function equalColumns<Table extends keyof Tables>(values: ColumnValues<Table>): RawBuilder<SqlBool> {
  const conditions = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  return allOf(conditions);
}

/** `*` matches any text; every other character, `%` and `_` included, matches itself. */
export const likePattern = (ref: string): string => ref.replace(/[\\%_]/g, '\\$&').replaceAll('*', '%');

/** Condition that the columns match these refs, in which `*` is any text; undefined: every row. */
export function matchingRefs<Table extends keyof Tables>(refs: ColumnValues<Table>): RawBuilder<SqlBool> {
  const conditions = Object.entries(refs)
    .filter(([, ref]) => ref !== undefined)
    .map(([column, ref]) => sql`${sql.ref(column)} like ${likePattern(String(ref))}`);
  return allOf(conditions);
}

/** Condition that ref, label or description contains each word of the filter, ignoring case. */
export function containsWords(filter: string | undefined): RawBuilder<SqlBool> {
  const text = sql`lower(concat_ws(' ', ref, label, description))`;
  return allOf(splitWords(filter).map((word) => sql`position(${word} in ${text}) > 0`));
}

/** The number of rows that a query matches. */
export async function countRows<Table extends keyof Tables>(query: Query<Table, object>): Promise<number> {
  const { total } = await query.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  return total;
}

/** The rows of a page, converted, and the number of all matching rows. */
export async function countedRows<Table extends keyof Tables, Row, Item>(
  matching: Query<Table, object>,
  page: { execute(): Promise<Row[]> },
  toItem: (row: Row) => Item,
): Promise<CountedRows<Item>> {
  const total = await countRows(matching);
  return { rows: (await page.execute()).map(toItem), total };
}

/** Limits a query to the rows of a range, sorted by ref. */
export const pageByRef = <Table extends keyof Tables, Row>(query: Query<Table, Row>, { offset, limit }: RowRange) =>
  query
    .orderBy(sql`ref`)
    .offset(offset)
    .limit(limit);

/** Limits a query to the rows of a range, the newest first. */
export const pageNewestFirst = <Table extends keyof Tables, Row>(
  query: Query<Table, Row>,
  { offset, limit }: RowRange,
) =>
  query
    .orderBy(sql`created`, 'desc')
    .orderBy(sql`id`, 'desc')
    .offset(offset)
    .limit(limit);

/**
 * The row of this ref, the shared one before the tenant's own. Null when the tenant can see none.
 */
export async function findVisibleByRef<Table extends keyof Tables, Row>(query: Query<Table, Row>, ref: string) {
  const matching = query
    .where(sql<boolean>`ref = ${ref}`)
    .where(visibleToTenant)
    .orderBy(sharedRowsFirst);
  return (await matching.executeTakeFirst()) ?? null;
}
