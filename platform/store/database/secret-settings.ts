import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';

/** A connection, or the connections, of the owner of the database. */
export type Owner = Pick<ClientBase, 'query'>;

/** 32 random bytes, base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** A secret of this database, created by the first platform that needs it. */
export async function ensureSecret(owner: Owner, name: string): Promise<string> {
  const statement = 'insert into setting (name, value) values ($1, $2) on conflict (name) do nothing';
  await owner.query(statement, [name, newSecret()]);
  const { rows } = await owner.query<{ value: string }>('select value from setting where name = $1', [name]);
  return rows[0]!.value;
}
