import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly title: string;
  readonly cell: (item: T) => ComponentChildren;
  /** Left out on a narrow screen. */
  readonly isMinor?: boolean;
  /** A ref: it stays on one line up to a width that leaves room for others. */
  readonly isRef?: boolean;
}

interface Props<T> {
  /** What the rows are, for readers of the screen. */
  readonly caption: string;
  readonly items: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string | number;
  /** Shown in place of the rows. */
  readonly none: ComponentChildren;
}

export function Table<T>({ caption, items, columns, keyOf, none }: Props<T>) {
  if (items.length === 0) return <p class="none">{none}</p>;
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
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
          {items.map((item) => (
            <tr key={keyOf(item)}>
              {columns.map(({ title, cell, isMinor, isRef }) => (
                <td key={title} class={isMinor ? 'minor' : ''}>
                  {isRef ? <span class="whole">{cell(item)}</span> : cell(item)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
