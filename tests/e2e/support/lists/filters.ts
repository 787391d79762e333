import { parseInstant } from '../../../../helpers/instant';
import { textOf, type Row } from './row';

export type Value = string | number | boolean;

/** The rows of a list in the tenant that is read, and in its twin. */
export interface ListedRows<F> {
  readonly own: readonly Row[];
  readonly twin: readonly Row[];
  readonly fixture: F;
}

/** One query parameter of a list. */
export interface FilterCell<F> {
  /** As the document declares it. */
  readonly type: 'integer' | 'string' | 'boolean' | 'date-time';
  /** The values that are tried, alone and with each value of another filter. */
  readonly values: (rows: ListedRows<F>) => readonly Value[];
  readonly keeps: (row: Row, value: Value, fixture: F) => boolean;
  /** Values that must match nothing: of the twin, and all but equal to one that matches. */
  readonly misses: (rows: ListedRows<F>) => readonly Value[];
  /** A value that is refused, with a message that names the parameter. */
  readonly refused?: string;
  /** What the message names in place of the parameter. */
  readonly refusedAs?: string;
}

type Read = (row: Row) => unknown;
const reader = (column: string | Read): Read => (typeof column === 'string' ? (row) => row[column] : column);

const distinct = (rows: readonly Row[], read: Read): Value[] =>
  [...new Set(rows.map(read))].filter((value): value is Value => value !== null && value !== undefined);

const UNUSED_ID = 987_654_321;

/** The id in a column. */
export function idIn<F>(column: string | Read): FilterCell<F> {
  const read = reader(column);
  return {
    type: 'integer',
    values: ({ own }) => distinct(own, read),
    keeps: (row, value) => read(row) === value,
    misses: ({ own, twin }) => [
      UNUSED_ID,
      ...distinct(twin, read)
        .filter((value) => !distinct(own, read).includes(value))
        .slice(0, 1),
    ],
    refused: 'one',
  };
}

/** Texts that differ from one in a character at an end, and in case. */
const almost = (text: string): string[] => [text.slice(0, -1), `${text}x`, text.slice(1), text.toUpperCase()];

/** The whole text in a column. */
export function textIn<F>(column: string | Read): FilterCell<F> {
  const read = reader(column);
  return {
    type: 'string',
    values: ({ own }) => distinct(own, read),
    keeps: (row, value) => read(row) === value,
    misses: ({ own }) => {
      const known = distinct(own, read);
      return almost(String(known[0])).filter((text) => !known.includes(text));
    },
  };
}

/** One of a closed set of texts in a column. */
export const choiceIn = <F>(column: string | Read, choices: readonly string[]): FilterCell<F> => ({
  type: 'string',
  values: () => choices,
  keeps: (row, value) => reader(column)(row) === value,
  misses: () => [],
  refused: 'nothing',
});

/** `true` or `false`; `keeps`: the rows of each. */
export const flag = <F>(keeps: (row: Row, value: boolean, fixture: F) => boolean): FilterCell<F> => ({
  type: 'boolean',
  values: () => [true, false],
  keeps: (row, value, fixture) => keeps(row, value === true, fixture),
  misses: () => [],
  refused: 'maybe',
});

/** The instants before, or from, some of those in a column. */
export function instantIn<F>(column: string, side: 'from' | 'before'): FilterCell<F> {
  const isFrom = side === 'from';
  return {
    type: 'date-time',
    values: ({ own }) => {
      const known = distinct(own, reader(column));
      return [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => known[Math.floor(part * (known.length - 1))]!))];
    },
    keeps: (row, value) => parseInstant(textOf(row[column])) >= parseInstant(String(value)) === isFrom,
    misses: () => [isFrom ? '2999-01-01T00:00:00Z' : '1999-01-01T00:00:00Z'],
    refused: 'yesterday',
  };
}

/** A text in one of some columns, in upper or lower case. */
export function partOf<F>(
  columns: readonly (string | Read)[],
  parts: (fixture: F) => readonly string[],
): FilterCell<F> {
  const textsOf = (row: Row) => columns.map((column) => textOf(reader(column)(row)).toLowerCase());
  return {
    type: 'string',
    values: ({ fixture }) => parts(fixture).flatMap((part) => [part, part.toUpperCase()]),
    keeps: (row, value) => textsOf(row).some((text) => text.includes(String(value).toLowerCase())),
    misses: ({ fixture }) =>
      parts(fixture)
        .slice(0, 1)
        .flatMap((part) => [`${part}%`, `_${part.slice(1)}`]),
  };
}
