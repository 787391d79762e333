import type { ComponentChildren } from 'preact';
import type { Page } from '../../../contract/envelopes';
import type { Resource } from '../resource';
import { Problem } from './problem';

interface Column<T> {
  readonly title: string;
  readonly cell: (item: T) => ComponentChildren;
  /** Left out on a narrow screen. */
  readonly isMinor?: boolean;
}

interface Props<T> {
  /** What the rows are, for readers of the screen. */
  readonly caption: string;
  readonly resource: Resource<Page<T>>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** Shown in place of the rows. */
  readonly none: string;
  readonly page: number;
  showPage(page: number): void;
}

/** A page of a list as a table, with the steps to the pages before and after it. */
export function PagedList<T>({ caption, resource, columns, keyOf, none, page, showPage }: Props<T>) {
  const { value, error } = resource;
  return (
    <>
      <Problem error={error} />
      {value && (
        <div class="scroll">
          <table class="list">
            <caption class="hidden">{caption}</caption>
            <thead>
              <tr>
                {columns.map(({ title, isMinor }) => (
                  <th key={title} scope="col" class={isMinor ? 'minor' : ''}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {value.items.map((item) => (
                <tr key={keyOf(item)}>
                  {columns.map(({ title, cell, isMinor }) => (
                    <td key={title} class={isMinor ? 'minor' : ''}>
                      {cell(item)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {value?.items.length === 0 && <p class="none">{none}</p>}
      {!value && error === null && <p class="none">Loading…</p>}
      {value && (page > 1 || value.pagination.has_next) && (
        <p class="steps">
          <button type="button" disabled={page <= 1} onClick={() => showPage(page - 1)}>
            ← Previous
          </button>{' '}
          Page {page}
          {value.pagination.total_pages !== undefined && ` of ${value.pagination.total_pages}`}{' '}
          <button type="button" disabled={!value.pagination.has_next} onClick={() => showPage(page + 1)}>
            Next →
          </button>
        </p>
      )}
    </>
  );
}
