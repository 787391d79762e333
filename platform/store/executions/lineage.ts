import { sql } from 'kysely';
import type { Transaction } from '../database/connection';

/** Whether `below` is a descendant of `above`. */
export async function isDescendant(transaction: Transaction, descendant: number, ancestor: number): Promise<boolean> {
  const { rows } = await sql`
    with recursive line(id) as (
      select parent from execution where id = ${descendant}
      union select e.parent from execution e join line on e.id = line.id
    ) select from line where id = ${ancestor}`.execute(transaction);
  return rows.length > 0;
}

/** Whether the identity requested an ancestor of `below`. */
export async function descendsFromIdentity(
  transaction: Transaction,
  descendant: number,
  identity: number,
): Promise<boolean> {
  const { rows } = await sql`
    with recursive line(id) as (
      select parent from execution where id = ${descendant}
      union select e.parent from execution e join line on e.id = line.id
    ) select from line join execution e on e.id = line.id where e.executor = ${identity}`.execute(transaction);
  return rows.length > 0;
}
