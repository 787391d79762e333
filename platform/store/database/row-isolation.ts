import { backoffMs } from '../../base/async/retry-with-backoff';
import { addErrorSubject, type ErrorSubject } from '../../base/error-subject';
import { isDatabaseUnusable } from './lost-connection';

/** Delay before a row that has failed is tried again. */
const RETRY_DELAY = { firstMs: 1_000, maxMs: 30_000 };

interface Failure {
  readonly subject: ErrorSubject;
  readonly count: number;
  /** Monotonic ms. */
  readonly retryAt: number;
}

/**
 * The rows of one loop: one whose processing fails does not stop the others of its pass, and is
 * left out of the following passes until its retry. An error that any other row would have, of a
 * lost connection for example, is thrown and ends the pass.
 */
export class RowIsolation {
  private readonly failures = new Map<string, Failure>();

  /** Rows that have failed and are not processed yet. A pass with a limit reads as many more. */
  failedRows(): readonly ErrorSubject[] {
    // After so long without a retry another process did it, or it is deleted.
    const forgottenAt = performance.now() - RETRY_DELAY.maxMs;
    for (const [key, { retryAt }] of this.failures) if (retryAt < forgottenAt) this.failures.delete(key);
    return [...this.failures.values()].map(({ subject }) => subject);
  }

  /** The ids that name these rows of a tenant in their subjects: `{ tenant: 1, rule: 7 }`. */
  failedIds(tenant: number, name: string): number[] {
    return this.failedRows().flatMap((row) => (row.tenant === tenant && row[name] ? [Number(row[name])] : []));
  }

  /**
   * Processes one row, which `subject` identifies. Returns null where it has failed, after
   * `onError`, and where its retry is not due.
   */
  async run<T>(
    subject: ErrorSubject,
    work: () => Promise<T>,
    onError: (error: unknown) => void,
  ): Promise<{ readonly value: T } | null> {
    const key = Object.entries(subject).flat().join(' ');
    const failure = this.failures.get(key);
    if (failure !== undefined && performance.now() < failure.retryAt) return null;
    try {
      const value = await work();
      this.failures.delete(key);
      return { value };
    } catch (error) {
      if (isDatabaseUnusable(error)) throw error;
      const count = (failure?.count ?? 0) + 1;
      this.failures.set(key, { subject, count, retryAt: performance.now() + backoffMs(RETRY_DELAY, count) });
      onError(addErrorSubject(error, subject));
      return null;
    }
  }

  /** The same for each row, one after another. Returns what did not fail. */
  async runEach<Row, T>(
    rows: readonly Row[],
    subjectOf: (row: Row) => ErrorSubject,
    work: (row: Row) => Promise<T>,
    onError: (error: unknown) => void,
  ): Promise<T[]> {
    const values: T[] = [];
    for (const row of rows) {
      const outcome = await this.run(subjectOf(row), () => work(row), onError);
      if (outcome !== null) values.push(outcome.value);
    }
    return values;
  }
}
