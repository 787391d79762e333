/** One change of an operator, a value or a statement, which the copy can switch on. */
export interface Change {
  /** The name of its switch, without spaces; the same for the same sources. */
  readonly id: string;
  /** Path below the project. */
  readonly file: string;
  /** Of the original source, from 1. */
  readonly line: number;
  /** Name of the function, where it is known. */
  readonly within?: string;
  /** Name of the mutation operator, or kind of the edit: `EqualityOperator`, `SqlOrder`. */
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
}

/** What is switched on in one run: one change, or several at once. */
export interface Mutant {
  readonly id: string;
  readonly changes: readonly [Change, ...Change[]];
}

/** The variable with the switches of a process that are on when it starts, separated by spaces. */
export const ACTIVE_MUTANTS = '__STRYKER_ACTIVE_MUTANT__';

/** The variable with the directory to which a process writes what it reached. */
export const COVERAGE_DIRECTORY = 'TUNINGFORK_COVERAGE';

/** Where a mutant is and what it changes, in one line. */
export const describeMutant = ({ changes }: Mutant): string => changes.map(describeChange).join(' and ');

function describeChange({ file, line, within, operator, original, replacement }: Change): string {
  const place = [`${file}:${line}`, ...(within === undefined ? [] : [within])].join(', ');
  return `${place}: ${operator}: ${original} → ${replacement}`;
}

/** The folder of `platform/` with the first change. */
export const roomOf = ({ changes: [{ file }] }: Mutant): string => file.split('/')[1]!;

/** What the mutant does; `pair` of two changes. */
export const kindOf = ({ changes: [first, ...others] }: Mutant): string =>
  others.length > 0 ? 'pair' : first.operator;

/** The folders of `platform/` in which `mutate` changes operators. */
export const ROOMS = ['core', 'executor', 'store', 'worker', 'api'] as const;
export type Room = (typeof ROOMS)[number];
