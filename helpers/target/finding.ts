/** What a probe observed about one capability. */
export type Finding =
  | { readonly isProven: true }
  | {
      readonly isProven: false;
      readonly reason: string;
      /** The harness could not observe the behavior: this decides nothing. */
      readonly isUndecided?: true;
      /** What the target did not give in time, so that it may be slow. */
      readonly isSlow?: 'response' | 'result';
    };

/** Findings by the names of the capabilities. */
export type Findings = Readonly<Record<string, Finding>>;
