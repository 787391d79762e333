import { sql } from 'kysely';
import type { Transaction } from './database';

/** True when `below` was started by `above`, directly or through others. */
export async function isDescendant(transaction: Transaction, below: number, above: number): Promise<boolean> {
  const { rows } = await sql`
    with recursive line(id) as (
      select parent from execution where id = ${below}
      union select e.parent from execution e join line on e.id = line.id
    ) select from line where id = ${above}`.execute(transaction);
  return rows.length > 0;
}

/** True when anything above `below` was made by this identity. */
export async function isOfOwn(transaction: Transaction, below: number, identity: number): Promise<boolean> {
  const { rows } = await sql`
    with recursive line(id) as (
      select parent from execution where id = ${below}
      union select e.parent from execution e join line on e.id = line.id
    ) select from line join execution e on e.id = line.id where e.executor = ${identity}`.execute(transaction);
  return rows.length > 0;
}
