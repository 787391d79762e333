/** One change of an operator, a value or a statement, which the copy can switch on. */
export interface Mutant {
  /** Number in the instrumented copy; the same for the same sources. */
  readonly id: string;
  readonly room: Room;
  /** Path below the project. */
  readonly file: string;
  /** Of the original source, from 1. */
  readonly line: number;
  /** Name of the mutation operator: `EqualityOperator`, `SqlOrder`. */
  readonly operator: string;
  readonly original: string;
  readonly replacement: string;
}

/** Where a mutant is and what it changes, in one line. */
export const describeMutant = ({ file, line, operator, original, replacement }: Mutant): string =>
  `${file}:${line}: ${operator}: ${original} → ${replacement}`;

/** The folders of `platform/` whose code is mutated. */
export const ROOMS = ['core', 'executor', 'store', 'worker', 'api'] as const;
export type Room = (typeof ROOMS)[number];
