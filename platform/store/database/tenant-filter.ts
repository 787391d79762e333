import { sql, type SqlBool } from 'kysely';

/**
 * Tenant filters of statements. They also hold for the owner's connections, which bypass
 * row-level security. Shared rows are visible to all tenants; only own rows may be changed.
 */
export const visibleToTenant = sql<SqlBool>`tenant in (0, app_tenant())`;
export const ownedByTenant = sql<SqlBool>`tenant = app_tenant()`;

/** Sorts the shared row before a tenant's own of the same ref, which cannot replace it. */
export const sharedRowsFirst = sql`tenant <> 0`;
