import { sql } from 'kysely';
import type { Json } from '../../../contract/json';
import { textOrJson } from '../../../contract/json-text/text-or-json';
import { embed, signatureOf } from '../../core/data/embedding';
import type { Transaction } from '../database/connection';

/** Characters of a value that a search compares. */
const MAX_VALUE_LENGTH = 2_000;
/** A longer value is not compared as a whole: an entry of an index is limited. */
const MAX_TERM_LENGTH = 500;

interface SearchedKey {
  readonly tenant: number;
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly encrypted: boolean;
}

/**
 * Stores what a search compares of a key, in the transaction that writes the key. The value of an
 * encrypted key is left out.
 */
export async function indexKey(
  transaction: Transaction,
  { tenant, id, ref, name, encrypted }: SearchedKey,
  value: Json,
): Promise<void> {
  const isScalar = typeof value !== 'object' || value === null;
  const text = encrypted ? '' : searchableText(value);
  const terms = [ref, name, ...(text !== '' && isScalar && text.length <= MAX_TERM_LENGTH ? [text] : [])];
  const content = [ref, name, ...(text === '' ? [] : [text.slice(0, MAX_VALUE_LENGTH)])].join('\n');
  await sql`insert into key_search (key, tenant, terms, content, signature)
    values (${id}, ${tenant}, ${terms}::text[], ${content}, ${signatureOf(embed(content))}::text::bit(512))
    on conflict (key) do update
    set terms = excluded.terms, content = excluded.content, signature = excluded.signature`.execute(transaction);
}

/** Without NUL, which is no text of PostgreSQL. */
const searchableText = (value: Json): string => textOrJson(value).replaceAll('\0', ' ');
