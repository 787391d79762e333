import type { TObject } from '@sinclair/typebox';
import type { FilterCell } from './filters';
import type { Row } from './row';

export type Parameters = Readonly<Record<string, string | number>>;

/** How a list is paged. */
export interface PageCell {
  /** The list's own name of the size, which takes precedence. */
  readonly size: 'page_size' | 'per_page' | 'limit';
  readonly default: number;
  readonly cap?: number;
  /** The capped size is returned as `page_size`. */
  readonly echoesCap?: boolean;
  /** The rows are counted only with `include_total`. */
  readonly isCountedOnRequest?: boolean;
}

export const PAGES: PageCell = { size: 'page_size', default: 50, cap: 100 };

/** One list of the OpenAPI document, and what it must return of the rows of a fixture. */
export interface ListCell<F> {
  /** `/api/v1/packs/{ref}/triggers`. */
  readonly path: string;
  /** Values of its path's parameters: each is another list. */
  readonly params?: (fixture: F) => readonly Parameters[];
  /** Its rows without a filter, in order. */
  readonly rows: (fixture: F, params: Parameters) => readonly Row[];
  /** What identifies a row: a column, or what is made of several. */
  readonly key: string | ((row: Row) => unknown);
  /** Schema of what it shows of a row. */
  readonly item: TObject;
  /** What it shows otherwise than GET by id, by property. */
  readonly shown?: Readonly<Record<string, (row: Row) => unknown>>;
  readonly filters: Readonly<Record<string, FilterCell<F>>>;
  /** Filters, and pairs of filters, that no rows can prove, each with the reason. */
  readonly inseparable?: Readonly<Record<string, string>>;
  /** Undefined: a list without pages. */
  readonly pages?: PageCell;
}

/** What identifies a row in its list. */
export const keyOf = <F>({ key }: Pick<ListCell<F>, 'key'>, row: Row): unknown =>
  typeof key === 'string' ? row[key] : key(row);

const compare = (a: unknown, b: unknown): number =>
  a === b ? 0 : (a as string | number) < (b as string | number) ? -1 : 1;

/** Sorts by columns; `-created`: descending. */
export const sorted = (rows: readonly Row[], ...columns: readonly string[]): Row[] =>
  [...rows].sort((a, b) => {
    for (const column of columns) {
      const name = column.replace('-', '');
      const order = compare(a[name], b[name]);
      if (order !== 0) return column.startsWith('-') ? -order : order;
    }
    return 0;
  });

export const newestFirst = (rows: readonly Row[]): Row[] => sorted(rows, '-created', '-id');
export const byRef = (rows: readonly Row[]): Row[] => sorted(rows, 'ref');
