import { sql } from 'kysely';
import type { SearchMode } from '../../../contract/keys';
import { cosine, embed, signatureOf } from '../../core/data/embedding';
import type { Transaction } from '../database/connection';

export interface KeyMatch {
  readonly key: number;
  readonly score: number;
}

/** Keys of the tenant that match, the best first, at most 1,000; readable or not. */
export function searchKeys(transaction: Transaction, mode: SearchMode, query: string): Promise<KeyMatch[]> {
  switch (mode) {
    case 'exact':
      return matches(sql`search_keys_exact(${query})`, transaction);
    case 'trigram':
      return matches(sql`search_keys_trigram(${query})`, transaction);
    case 'fulltext':
      return matches(sql`search_keys_fulltext(${query})`, transaction);
    case 'vector':
      return nearestKeys(transaction, query);
  }
}

/** Whether the database can search by trigrams. */
export async function hasTrigrams(transaction: Transaction): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select exists (select from pg_extension where extname = 'pg_trgm') as found`.execute(transaction);
  return rows[0]!.found;
}

async function matches(found: ReturnType<typeof sql>, transaction: Transaction): Promise<KeyMatch[]> {
  return (await sql<KeyMatch>`select key, score from ${found}`.execute(transaction)).rows;
}

/** Keys whose signatures are nearest, which are then compared exactly. */
const CANDIDATES = 200;

/** Keys that were stored before there were signatures are always among the candidates. */
async function nearestKeys(transaction: Transaction, query: string): Promise<KeyMatch[]> {
  const queryEmbedding = embed(query);
  const { rows } = await sql<{ key: number; content: string }>`
    select key, content from key_search
    order by coalesce(bit_count(signature # ${signatureOf(queryEmbedding)}::text::bit(512)), 0), key limit ${CANDIDATES}`.execute(
    transaction,
  );
  return rows
    .map(({ key, content }) => ({ key, score: cosine(queryEmbedding, embed(content)) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.key - b.key);
}
