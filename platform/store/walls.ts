import { sql, type SqlBool } from 'kysely';

/**
 * The first wall between tenants, said in the statement itself: it also holds for the owner's connections, which no
 * policy does. `seen` includes what is shared by all; `own` is what may be changed.
 */
export const seen = sql<SqlBool>`tenant in (0, app_tenant())`;
export const own = sql<SqlBool>`tenant = app_tenant()`;

/** A tenant's own row goes before the shared one of the same ref. */
export const ownFirst = sql`tenant = 0`;

/** One page of a list: `offset` rows are passed over, at most `limit` are given. */
export interface Slice {
  readonly offset: number;
  readonly limit: number;
}

/** Some rows of a list, and how many there are in all. */
export interface Counted<T> {
  readonly rows: readonly T[];
  readonly total: number;
}
