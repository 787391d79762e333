import { Type, type Static } from '@sinclair/typebox';
import type { Page } from '../../contract/envelopes';

/** However large it is, it is a number: beyond the last page there is an empty one. */
const Whole = Type.Optional(Type.Integer({ minimum: 0, saturates: true }));

/** Every list takes every spelling; its own wins. Not a number, or negative: 400. */
export const PageQuery = Type.Object({ page: Whole, page_size: Whole, per_page: Whole, limit: Whole, offset: Whole });
export type PageQuery = Static<typeof PageQuery>;

type SizeName = 'page_size' | 'per_page' | 'limit';

export interface PageRules {
  /** The list's own spelling of the size. */
  readonly sizeName: SizeName;
  readonly default: number;
  /** Most rows of one answer; null where the list has no such limit. */
  readonly cap: number | null;
  /** The capped size is what is echoed, and what pages are counted by. */
  readonly echoesCap?: boolean;
}

export interface PageRequest {
  readonly page: number;
  /** As asked for: what is echoed, and what pages are counted by. */
  readonly size: number;
  /** Rows to answer with. */
  readonly limit: number;
  readonly offset: number;
}

const SPELLINGS: readonly SizeName[] = ['page_size', 'per_page', 'limit'];

/** Page 0 is page 1. A size above the cap answers the cap's worth of rows, and is still what pages are counted by. */
export function pageOf(query: PageQuery, rules: PageRules): PageRequest {
  const spelt = [rules.sizeName, ...SPELLINGS].find((name) => query[name] !== undefined);
  const asked = (spelt && query[spelt]) ?? rules.default;
  const size = rules.echoesCap ? Math.min(asked, rules.cap ?? asked) : asked;
  const page = Math.max(1, query.page ?? pageAt(query.offset, size));
  const offset = query.page === undefined && query.offset !== undefined ? query.offset : (page - 1) * size;
  return {
    page,
    size,
    limit: Math.min(size, rules.cap ?? Number.MAX_SAFE_INTEGER),
    offset: Math.min(offset, Number.MAX_SAFE_INTEGER),
  };
}

const pageAt = (offset: number | undefined, size: number): number =>
  offset === undefined || size === 0 ? 1 : Math.floor(offset / size) + 1;

/** Rows to read: one more than to answer with tells, where nothing is counted, whether there is a next page. */
export const windowOf = ({ limit, offset }: PageRequest) => ({
  limit: Math.min(limit + 1, Number.MAX_SAFE_INTEGER),
  offset,
});

/** The envelope of a list. `rows` may hold one row more than the page; `total` is null where it was not counted. */
export function envelope<T>({ page, size, limit }: PageRequest, rows: readonly T[], total: number | null): Page<T> {
  const items = rows.slice(0, limit);
  const edges = { page, page_size: size, has_previous: page > 1 };
  if (total === null) return { items, pagination: { ...edges, has_next: rows.length > limit && limit > 0 } };
  const pages = size === 0 ? 0 : Math.ceil(total / size);
  return {
    items,
    pagination: { ...edges, total_items: total, total_pages: pages, has_next: page < pages },
  };
}
