/** How a claim about time passes it, and what it expects of it. All instants are domain time. */
export interface Time {
  /** RFC 3339 with microseconds. */
  now(): Promise<string>;
  /** Lets so many seconds pass. What was due in them has then been done, or is being done. */
  pass(seconds: number, options?: PassOptions): Promise<void>;
  /** Lets the time pass until an instant, RFC 3339. */
  passTo(instant: string, options?: PassOptions): Promise<void>;
  /** Lets so many seconds pass, in which what `look` returns does not change. */
  expectNothingFor(seconds: number, look: () => unknown, options?: PassOptions): Promise<void>;
  /** Times that the platform recorded are those that it promises, seconds. */
  expectSeconds(measured: readonly number[], promised: readonly number[]): void;
}

export interface PassOptions {
  /**
   * False: what runs is not waited for, such as a program that a limit will stop. By default
   * nothing of the tenant is in flight when the time begins to pass, and when it has passed.
   */
  readonly settle?: boolean;
}
