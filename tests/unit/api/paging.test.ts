import {
  LONG_PAGES,
  pageEnvelope,
  parsePageRequest,
  lookaheadWindow,
  type PageQuery,
  type PageRules,
} from '../../../platform/api/http/paging';

const CAPPED: PageRules = { sizeName: 'page_size', default: 50, cap: 100 };
const EXECUTIONS: PageRules = { sizeName: 'per_page', default: 20, cap: 100 };
const INQUIRIES: PageRules = { sizeName: 'limit', default: 50, cap: 500 };
const HISTORY: PageRules = { sizeName: 'page_size', default: 50, cap: 1_000, least: 1 };
const AUDIT: PageRules = { sizeName: 'per_page', default: 50, cap: 500, echoesCap: true, least: 1 };
const PACKS: PageRules = { ...CAPPED, skipsReturned: true };

test.each([
  [{}, CAPPED, { page: 1, size: 50, limit: 50, offset: 0 }],
  [{ page: 0 }, CAPPED, { page: 1, size: 50, limit: 50, offset: 0 }],
  [{ page: 3, page_size: 10 }, CAPPED, { page: 3, size: 10, limit: 10, offset: 20 }],
  [{ page: 2, per_page: 10 }, CAPPED, { page: 2, size: 10, limit: 10, offset: 10 }],
  [{ limit: 7 }, EXECUTIONS, { page: 1, size: 7, limit: 7, offset: 0 }],
  [{ page_size: 5, per_page: 6 }, CAPPED, { page: 1, size: 5, limit: 5, offset: 0 }],
  [{ page_size: 5, per_page: 6 }, EXECUTIONS, { page: 1, size: 6, limit: 6, offset: 0 }],
  [{ page: 2, page_size: 1_000 }, CAPPED, { page: 2, size: 1_000, limit: 100, offset: 1_000 }],
  [{ per_page: 1_000 }, LONG_PAGES, { page: 1, size: 1_000, limit: 1_000, offset: 0 }],
  [{ page: 2, per_page: 1_000_000_000 }, LONG_PAGES, { page: 2, size: 10_000, limit: 10_000, offset: 10_000 }],
  [{ page_size: 0 }, CAPPED, { page: 1, size: 0, limit: 0, offset: 0 }],
  [{ page_size: 0 }, HISTORY, { page: 1, size: 0, limit: 1, offset: 0 }],
  [{ page: 2, page_size: 5_000 }, HISTORY, { page: 2, size: 5_000, limit: 1_000, offset: 5_000 }],
  [{ page: 3, per_page: 0 }, AUDIT, { page: 3, size: 1, limit: 1, offset: 2 }],
  [{ page: 2, per_page: 5_000 }, AUDIT, { page: 2, size: 500, limit: 500, offset: 500 }],
  [{ page: 3, page_size: 1_000 }, PACKS, { page: 3, size: 1_000, limit: 100, offset: 200 }],
  [{ offset: 100, limit: 50 }, INQUIRIES, { page: 3, size: 50, limit: 50, offset: 100 }],
  [
    { page: Number.MAX_SAFE_INTEGER, page_size: Number.MAX_SAFE_INTEGER },
    CAPPED,
    { page: Number.MAX_SAFE_INTEGER, size: Number.MAX_SAFE_INTEGER, limit: 100, offset: Number.MAX_SAFE_INTEGER },
  ],
] as [PageQuery, PageRules, object][])('%j on a list of %j', (query, rules, expected) => {
  expect(parsePageRequest(query, rules)).toEqual(expected);
});

test('a counted list returns the total and whether more rows follow', () => {
  const second = parsePageRequest({ page: 2, page_size: 2 }, CAPPED);

  expect(pageEnvelope(second, ['c', 'd'], 5)).toEqual({
    items: ['c', 'd'],
    pagination: { page: 2, page_size: 2, has_previous: true, total_items: 5, total_pages: 3, has_next: true },
  });
  expect(pageEnvelope(second, ['c'], 3).pagination.has_next).toBe(false);
});

test('IN-06 an uncounted list reads one row more', () => {
  const first = parsePageRequest({ per_page: 2 }, EXECUTIONS);

  expect(lookaheadWindow(first)).toEqual({ limit: 3, offset: 0 });
  expect(pageEnvelope(first, ['a', 'b', 'c'], null)).toEqual({
    items: ['a', 'b'],
    pagination: { page: 1, page_size: 2, has_previous: false, has_next: true },
  });
  expect(pageEnvelope(first, ['a', 'b'], null).pagination.has_next).toBe(false);
});

test('IN-06 a size above the cap is returned and limits the rows', () => {
  const largePage = parsePageRequest({ page_size: 1_000 }, CAPPED);
  const rows = Array.from({ length: 101 }, (_, at) => at);

  expect(pageEnvelope(largePage, rows, 150)).toMatchObject({
    items: rows.slice(0, 100),
    pagination: { page_size: 1_000, total_pages: 1, has_next: false },
  });
});

test('a size of 0 returns no rows and no pages', () => {
  const emptyPage = parsePageRequest({ page_size: 0 }, CAPPED);

  expect(pageEnvelope(emptyPage, ['a'], 5)).toMatchObject({
    items: [],
    pagination: { total_pages: 0, has_next: false },
  });
  expect(pageEnvelope(emptyPage, ['a'], null)).toMatchObject({ items: [], pagination: { has_next: false } });
});
