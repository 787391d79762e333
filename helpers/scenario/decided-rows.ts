import { EnvironmentError } from '../errors';

/** What was found about one measured value. */
export interface DecidedRow<R extends string> {
  /** The value with its bound, as text. */
  readonly facts: string;
  readonly result: R | 'undecidable';
}

/**
 * Every row has this result. A failure prints all of them. Throws EnvironmentError if no row is
 * wrong and this host cannot decide about one.
 */
export function expectEach<R extends string>(right: NoInfer<R>, rows: readonly DecidedRow<R>[]): void {
  const report = rows.map(({ facts, result }) => `${facts}: ${result}`);
  const isUndecided = rows.every(({ result }) => result === right || result === 'undecidable');
  if (isUndecided && rows.some(({ result }) => result === 'undecidable')) throw new EnvironmentError(report.join('\n'));
  expect(report).toEqual(rows.map(({ facts }) => `${facts}: ${right}`));
}
