import { Type, type Static } from '@sinclair/typebox';
import type { Page } from '../../../contract/envelopes';

/** Any whole number: a page beyond the last one is empty. */
const PageNumber = Type.Optional(Type.Integer({ minimum: 0, saturates: true }));

/**
 * Every list accepts every parameter name; its own takes precedence. 400 for anything but a whole
 * number from 0.
 */
export const PageQuery = Type.Object({
  page: PageNumber,
  page_size: PageNumber,
  per_page: PageNumber,
  limit: PageNumber,
  offset: PageNumber,
});
export type PageQuery = Static<typeof PageQuery>;

type SizeName = 'page_size' | 'per_page' | 'limit';

export interface PageRules {
  /** The list's own name of the size. */
  readonly sizeName: SizeName;
  readonly default: number;
  /** Most rows of one response. */
  readonly cap: number;
  /** The capped size is returned as `page_size`, and pages are counted by it. */
  readonly echoesCap?: boolean;
  /** Fewest rows of one response, whatever size is requested; 0 by default. */
  readonly least?: number;
  /** A page begins after as many rows as the earlier pages return, not as they request. */
  readonly skipsReturned?: boolean;
}

/** The lists that are paged by `page_size`: 50 rows by default, 100 at most. */
export const DEFAULT_PAGES: PageRules = { sizeName: 'page_size', default: 50, cap: 100 };

/**
 * The lists that are paged by `per_page` and whose clients request 1,000 rows, and get them. A
 * larger size is lowered to the cap, and returned so: its pages leave no row out.
 */
export const LONG_PAGES = { sizeName: 'per_page', default: 50, cap: 10_000, echoesCap: true } as const;

export interface PageRequest {
  readonly page: number;
  /** As requested: returned as `page_size`, and pages are counted by it. */
  readonly size: number;
  /** Rows to return. */
  readonly limit: number;
  readonly offset: number;
}

const SIZE_PARAMETERS: readonly SizeName[] = ['page_size', 'per_page', 'limit'];

/**
 * Page 0 is page 1. A size above the cap returns as many rows as the cap, and pages are counted by
 * the requested size.
 */
export function parsePageRequest(query: PageQuery, rules: PageRules): PageRequest {
  const sizeParameter = [rules.sizeName, ...SIZE_PARAMETERS].find((name) => query[name] !== undefined);
  const requestedSize = (sizeParameter && query[sizeParameter]) ?? rules.default;
  const limit = Math.max(Math.min(requestedSize, rules.cap), rules.least ?? 0);
  const size = rules.echoesCap ? limit : requestedSize;
  const skipped = rules.skipsReturned ? limit : size;
  const page = Math.max(1, query.page ?? pageAtOffset(query.offset, size));
  const offset = query.page === undefined && query.offset !== undefined ? query.offset : (page - 1) * skipped;
  return {
    page,
    size,
    limit,
    offset: Math.min(offset, Number.MAX_SAFE_INTEGER),
  };
}

const pageAtOffset = (offset: number | undefined, size: number): number =>
  offset === undefined || size === 0 ? 1 : Math.floor(offset / size) + 1;

/**
 * The rows to read of a list that is not counted: one more than to return shows whether there is a
 * next page.
 */
export const lookaheadWindow = ({ limit, offset }: PageRequest) => ({
  limit: Math.min(limit + 1, Number.MAX_SAFE_INTEGER),
  offset,
});

/**
 * The envelope of a list. `rows` may hold one row more than the page; `total` is null where it was
 * not counted.
 */
export function pageEnvelope<T>({ page, size, limit }: PageRequest, rows: readonly T[], total: number | null): Page<T> {
  const items = rows.slice(0, limit);
  const pagination = { page, page_size: size, has_previous: page > 1 };
  if (total === null) return { items, pagination: { ...pagination, has_next: rows.length > limit && limit > 0 } };
  const totalPages = size === 0 ? 0 : Math.ceil(total / size);
  return {
    items,
    pagination: { ...pagination, total_items: total, total_pages: totalPages, has_next: page < totalPages },
  };
}

const LOG_ENTRIES = { default: 100, most: 1_000 } as const;

/** The pages of a log: `cursor` is the `next` of an earlier one. */
export const LogQuery = Type.Object({
  cursor: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 0, saturates: true })),
});

export const logPageSize = ({ limit = LOG_ENTRIES.default }: Static<typeof LogQuery>): number =>
  Math.min(Math.max(limit, 1), LOG_ENTRIES.most);
