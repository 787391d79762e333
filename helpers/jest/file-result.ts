/** The part of Jest's result of a file that is read. */
export interface FileResult {
  readonly testFilePath: string;
  /** Why the file could not be run. */
  readonly failureMessage?: string | null;
  /** Set where the file failed outside its tests. */
  readonly testExecError?: unknown;
  /** Epoch ms, and ms. */
  readonly perfStats: { readonly start: number; readonly runtime: number };
  readonly testResults: readonly {
    readonly status: string;
    readonly title: string;
    readonly fullName: string;
    readonly duration?: number | null;
    readonly failureMessages: readonly string[];
  }[];
}
