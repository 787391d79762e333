import type { ComponentChildren } from 'preact';
import type { Page } from '../../../contract/envelopes';
import type { Resource } from '../resource';
import { setQuery } from '../router';
import { Loaded } from './loaded';
import { Table, type Column } from './table';

interface Props<T> {
  readonly caption: string;
  readonly resource: Resource<Page<T>>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  readonly none: ComponentChildren;
  readonly page: number;
  /** By default, the page is set in the address. */
  readonly showPage?: (page: number) => void;
}

const setPage = (page: number): void => setQuery({ page: String(page) });

/** A page of a list as a table, with the steps to the pages before and after it. */
export const PagedList = <T,>({ resource, page, showPage = setPage, ...table }: Props<T>) => (
  <Loaded resource={resource}>
    {({ items, pagination: { has_next: hasNext, total_pages: pages } }) => (
      <>
        <Table items={items} {...table} />
        {(page > 1 || hasNext) && (
          <p class="steps">
            <button type="button" disabled={page <= 1} onClick={() => showPage(page - 1)}>
              ← Previous
            </button>{' '}
            Page {page}
            {pages !== undefined && ` of ${pages}`}{' '}
            <button type="button" disabled={!hasNext} onClick={() => showPage(page + 1)}>
              Next →
            </button>
          </p>
        )}
      </>
    )}
  </Loaded>
);
