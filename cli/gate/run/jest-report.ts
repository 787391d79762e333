/** A test in the report of `npx jest --json`. */
export interface JestTest {
  readonly title: string;
  /** With the titles of the blocks around it. */
  readonly fullName: string;
  readonly status: string;
  /** ms */
  readonly duration?: number | null;
  readonly failureMessages: readonly string[];
}

/** The part of the report that the gate reads. */
export interface JestReport {
  readonly testResults: readonly {
    /** Absolute path of the file. */
    readonly name: string;
    readonly status?: string;
    /** Why the file failed. */
    readonly message?: string;
    /** Epoch ms. */
    readonly startTime?: number;
    readonly endTime?: number;
    readonly assertionResults: readonly JestTest[];
  }[];
}
