import type { Static } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import {
  SEARCH_MODES,
  SearchQuery,
  SearchResult,
  type SearchHit,
  type SearchMode,
  type SearchServer,
} from '../../../contract/keys';
import { keyTarget } from '../../auth/key-rights';
import type { Rights } from '../../auth/rights';
import { DomainError } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { hasTrigrams, searchKeys, type KeyMatch } from '../../store/secrets/search-keys';
import { findKeysWithoutValue, type KeyWithoutValue } from '../../store/secrets/keys';
import type { Api } from '../http/context';
import { route } from '../http/route';

const SERVED_BY: Record<SearchMode, SearchServer> = {
  exact: 'exact',
  trigram: 'pg_trgm',
  fulltext: 'fulltext',
  vector: 'builtin',
};

const MAX_QUERY_LENGTH = 200;
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
/** Matches whose rows are read at once. */
const BATCH = 100;

/** `GET /search`: the keys that match and that the caller may read. */
export function searchRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: '/api/v1/search',
    extension: 'search',
    grant: 'keys:read',
    schema: { tags: ['search'], querystring: SearchQuery, response: { 200: dataEnvelope(SearchResult) } },
    validate: ({ query }) => void readQuery(query),
    isExempt: () => true,
    anyGrantFirst: true,
    handle: async ({ transaction, rights, query }) => {
      const { q, mode, limit } = readQuery(query);
      if (mode === 'trigram' && !(await hasTrigrams(transaction))) throw trigramsMissing();
      const matches = await searchKeys(transaction, mode, q);
      return {
        data: { mode, served_by: SERVED_BY[mode], hits: await hitsOf(transaction, await rights(), matches, limit) },
      };
    },
  });
}

interface Search {
  readonly q: string;
  readonly mode: SearchMode;
  readonly limit: number;
}

/** Throws VALIDATION_ERROR. */
function readQuery({ q = '', mode, limit = String(DEFAULT_LIMIT) }: Static<typeof SearchQuery>): Search {
  const text = q.trim();
  if (text === '') throw invalid('/q', 'is empty', 'send the text to find');
  if (text.length > MAX_QUERY_LENGTH) {
    throw invalid('/q', `has ${text.length} characters`, `send ${MAX_QUERY_LENGTH} at most`);
  }
  const known = SEARCH_MODES.find((one) => one === mode);
  if (known === undefined) throw invalid('/mode', 'is no mode of a search', `send one of ${SEARCH_MODES.join(', ')}`);
  const count = /^\d{1,3}$/.test(limit) ? Number(limit) : 0;
  if (count < 1 || count > MAX_LIMIT) throw invalid('/limit', 'is out of range', `send 1 to ${MAX_LIMIT}`);
  return { q: text, mode: known, limit: count };
}

const invalid = (path: string, problem: string, hint: string) =>
  new DomainError('VALIDATION_ERROR', `${path} ${problem}`, { path, hint });

const trigramsMissing = () =>
  new DomainError('NOT_IMPLEMENTED', 'The database has no extension pg_trgm', {
    path: '/mode',
    reason: 'SEARCH_MODE_UNAVAILABLE',
    hint: 'use fulltext or vector, or create the extension and the index key_search_trigrams',
  });

/** The rows are read until there are enough that the caller may read. */
async function hitsOf(
  transaction: Transaction,
  rights: Rights,
  matches: readonly KeyMatch[],
  limit: number,
): Promise<SearchHit[]> {
  const hits: SearchHit[] = [];
  for (let start = 0; start < matches.length && hits.length < limit; start += BATCH) {
    const batch = matches.slice(start, start + BATCH);
    const rows = await findKeysWithoutValue(
      transaction,
      batch.map(({ key }) => key),
    );
    const readable = new Map(
      rows.filter((row) => rights.allows('keys', 'read', keyTarget(row))).map((row) => [row.id, row]),
    );
    hits.push(...batch.flatMap(({ key, score }) => toHit(readable.get(key), score)));
  }
  return hits.slice(0, limit);
}

const toHit = (row: KeyWithoutValue | undefined, score: number): SearchHit[] =>
  row ? [{ type: 'key', id: row.id, ref: row.ref, name: row.name, encrypted: row.encrypted, score }] : [];
