import type { Pool } from 'pg';
import type { JsonObject } from '../../../contract/json';
import { tokenOfIdentity } from './test-tokens';

export type Grants = readonly JsonObject[];

export const grant = (resource: string, actions: string[], constraints: JsonObject = {}) => ({
  resource,
  actions,
  constraints,
});

let createdHolders = 0;

/** A new identity that holds one permission set of these grants; answers its access token. */
export async function createGrantHolder(owner: Pool, grants: Grants): Promise<string> {
  const login = `holder-${++createdHolders}`;
  const { rows } = await owner.query<{ identity: number }>(
    `with person as (insert into identity (login) values ($1) returning id),
      held as (insert into permission_set (ref, grants) values ($2, $3) returning id)
    insert into permission_assignment (identity, permset) select person.id, held.id from person, held returning identity`,
    [login, `test.${login}`, JSON.stringify(grants)],
  );
  return tokenOfIdentity(rows[0]!);
}

/** Creates a tenant, and an identity in it with all permissions. */
export async function createOtherTenant(owner: Pool): Promise<{ readonly tenant: number; readonly identity: number }> {
  const { rows } = await owner.query<{ tenant: number; identity: number }>(
    `with t as (insert into tenant (slug, name) values ('other', 'Other') returning id)
     insert into identity (tenant, login) select id, 'other@example.test' from t
     returning tenant, id::int as identity`,
  );
  await owner.query(
    `insert into permission_assignment (tenant, identity, permset)
     select $1, $2, id from permission_set where ref = 'core.admin'`,
    [rows[0]!.tenant, rows[0]!.identity],
  );
  return rows[0]!;
}
