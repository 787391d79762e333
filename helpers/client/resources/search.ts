import { SearchResult, type SearchMode } from '../../../contract/keys';
import { verb } from '../operation';
import type { Request } from '../request';

/** Finds stored keys by their refs, their names, and values that are not encrypted. */
export const search = (request: Request) => ({
  /**
   * The best matches that the caller may read. 422 VALIDATION_ERROR; 501 NOT_IMPLEMENTED for
   * `trigram` on a database without pg_trgm.
   */
  find: verb('GET /search', (call, q: string, mode: SearchMode, options: { limit?: number } = {}) =>
    request.one(SearchResult, call({ query: { q, mode, ...options } })),
  ),
});
