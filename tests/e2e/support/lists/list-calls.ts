import type { FilterCell, ListedRows, Value } from './filters';
import { keyOf, type ListCell, type PageCell } from './list-cell';
import type { Row } from './row';

export type Query = Readonly<Record<string, Value>>;

/** What a list returns to a query: keys of rows, and what the page states of itself. */
export interface PromisedPage {
  readonly keys: readonly unknown[];
  readonly pagination: object | undefined;
}

const SIZE_NAMES = ['page_size', 'per_page', 'limit'] as const;

type Cell<F> = Pick<ListCell<F>, 'filters' | 'pages' | 'key'>;

const keptRows = <F>(filter: FilterCell<F>, value: Value, { own, fixture }: ListedRows<F>): Row[] =>
  own.filter((row) => filter.keeps(row, value, fixture));

/** The page that a query must get. */
export function promisedPage<F>(cell: Cell<F>, rows: ListedRows<F>, query: Query): PromisedPage {
  const kept = Object.entries(cell.filters)
    .filter(([name]) => name in query)
    .reduce((own, [name, filter]) => keptRows(filter, query[name]!, { ...rows, own }), [...rows.own]);
  const keysOf = (some: readonly Row[]) => some.map((row) => keyOf(cell, row));
  if (!cell.pages) return { keys: keysOf(kept), pagination: undefined };
  const { size, offset, page } = windowOf(cell.pages, query);
  const end = offset + Math.min(size, cell.pages.cap ?? size);
  const totalPages = Math.ceil(kept.length / size);
  const isCounted = !cell.pages.isCountedOnRequest || query.include_total === true;
  return {
    keys: keysOf(kept.slice(offset, end)),
    pagination: {
      page,
      page_size: size,
      ...(isCounted && { total_items: kept.length, total_pages: totalPages }),
      has_previous: page > 1,
      has_next: isCounted ? page < totalPages : kept.length > end,
    },
  };
}

function windowOf({ size: own, default: usual }: PageCell, query: Query) {
  const name = [own, ...SIZE_NAMES].find((each) => each in query);
  const size = name === undefined ? usual : Number(query[name]);
  const { page, offset } = query;
  if (page === undefined && offset !== undefined)
    return { size, offset: Number(offset), page: Math.floor(Number(offset) / size) + 1 };
  const number = Math.max(1, Number(page ?? 1)); // page 0 is page 1
  return { size, offset: (number - 1) * size, page: number };
}

/** The queries of one filter: each value alone, and a page in the middle of what one keeps. */
function queriesOfFilter<F>([name, filter]: [string, FilterCell<F>], { pages }: Cell<F>, rows: ListedRows<F>): Query[] {
  const values = filter.values(rows);
  const many = values.find((value) => keptRows(filter, value, rows).length > 1);
  const alone = [...values, ...filter.misses(rows)].map((value) => ({ [name]: value, ...counted(pages) }));
  if (many === undefined || !pages) return alone;
  return [...alone, { [name]: many, page: 2, [pages.size]: 1, ...counted(pages) }];
}

const counted = (pages: PageCell | undefined): Query => (pages?.isCountedOnRequest ? { include_total: true } : {});

/** A list in three pages and in two, with one beyond, and the other ways to name a page. */
function queriesOfPages<F>({ pages }: Cell<F>, { own }: ListedRows<F>): Query[] {
  if (!pages) return [];
  const sizes = [3, 2].map((parts) => Math.max(1, Math.ceil(own.length / parts)));
  const numbered = [...new Set(sizes)].flatMap((size) =>
    Array.from({ length: Math.ceil(own.length / size) + 1 }, (_, at) => ({ page: at + 1, [pages.size]: size })),
  );
  const named = [
    { page_size: 1, per_page: 2, limit: 3, [pages.size]: 4 },
    { page: 2 },
    { page: 0 },
    { page: 1, offset: 1 },
  ];
  // Before, at, between and after the beginnings of pages, up to the end and beyond it.
  const offsets = [0, 1, 2, 3, own.length, own.length + 1].map((offset) => ({ offset, [pages.size]: 2 }));
  const half = [...numbered, ...offsets].map((query, at) => (at % 2 === 0 ? { ...query, ...counted(pages) } : query));
  return [...half, ...named];
}

/** Values of two filters: each keeps rows that the other does not; one pair with common rows. */
function separatingQueries<F>([a, b]: readonly [string, string], { filters }: Cell<F>, rows: ListedRows<F>): Query[] {
  const [first, second] = [filters[a]!, filters[b]!];
  const pairs = first.values(rows).flatMap((left) => {
    const ofFirst = keptRows(first, left, rows);
    return second.values(rows).map((right) => ({ ofFirst, left, right, ofSecond: keptRows(second, right, rows) }));
  });
  const separate = pairs.filter(
    ({ ofFirst, ofSecond }) =>
      ofFirst.some((row) => !ofSecond.includes(row)) && ofSecond.some((row) => !ofFirst.includes(row)),
  );
  const isCommon = ({ ofFirst, ofSecond }: (typeof pairs)[number]) => ofFirst.some((row) => ofSecond.includes(row));
  const common = separate.find(isCommon);
  const apart = separate.find((pair) => !isCommon(pair));
  return [common, apart].flatMap((pair) => (pair ? [{ [a]: pair.left, [b]: pair.right }] : []));
}

/**
 * Values of two filters that no rows distinguish: with each value of one, the first of the other
 * that leaves some rows out.
 */
function narrowingQueries<F>([a, b]: readonly [string, string], { filters }: Cell<F>, rows: ListedRows<F>): Query[] {
  const [first, second] = [filters[a]!, filters[b]!];
  return second.values(rows).flatMap((right) => {
    const ofSecond = keptRows(second, right, rows);
    const isNarrowing = (left: Value) => {
      const { length } = keptRows(first, left, { ...rows, own: ofSecond });
      return length > 0 && length < rows.own.length;
    };
    const left = first.values(rows).find(isNarrowing);
    return left === undefined ? [] : [{ [a]: left, [b]: right }];
  });
}

const pairsOf = (names: readonly string[]): [string, string][] =>
  names.flatMap((a, at) => names.slice(at + 1).map((b): [string, string] => [a, b]));

export interface ListCalls {
  readonly queries: readonly Query[];
  /** Filters, and pairs of filters, that the rows do not prove. */
  readonly unproven: readonly string[];
  /** The bad value of each parameter that has one. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Every query that is sent to a list. */
export function callsOf<F>(cell: Cell<F>, rows: ListedRows<F>): ListCalls {
  const filters = Object.entries(cell.filters);
  const pairs = pairsOf(Object.keys(cell.filters)).map((pair) => {
    const separating = separatingQueries(pair, cell, rows);
    const queries = separating.length > 0 ? separating : narrowingQueries(pair, cell, rows);
    return {
      name: pair.join(' & '),
      isProven: separating.length > 0,
      queries: queries.map((query) => ({ ...query, ...counted(cell.pages) })),
    };
  });
  const isProven = ([, filter]: (typeof filters)[number]) =>
    filter.values(rows).some((value) => keptRows(filter, value, rows).length > 0) &&
    [...filter.values(rows), ...filter.misses(rows)].some(
      (value) => keptRows(filter, value, rows).length < rows.own.length,
    );
  return {
    queries: [
      {},
      ...filters.flatMap((filter) => queriesOfFilter(filter, cell, rows)),
      ...pairs.flatMap(({ queries }) => queries),
      ...queriesOfPages(cell, rows),
    ],
    unproven: [
      ...filters.filter((filter) => !isProven(filter)).map(([name]) => name),
      ...pairs.flatMap((pair) => (pair.isProven ? [] : [pair.name])),
    ],
    refused: {
      ...Object.fromEntries(filters.flatMap(([name, { refused }]) => (refused === undefined ? [] : [[name, refused]]))),
      ...(cell.pages && { [cell.pages.size]: '-1' }),
      ...(cell.pages && filters.length > 0 && { page: 'first', offset: '1.5' }),
      ...(cell.pages?.isCountedOnRequest && { include_total: 'maybe' }),
    },
  };
}
