/** Claims and scenarios of which the catalogue has one fault. */
interface ProvenOnce {
  /** Why there is no second one. */
  readonly reason: string;
  /** Their ids, separated by white space. */
  readonly claims: string;
}

/** All others have two faults or more. With its second one, a claim is removed here. */
export const PROVEN_ONCE: readonly ProvenOnce[] = [
  {
    reason: 'claims of tiers 1 and 2: no second fault has been written for them',
    claims: `
      T1.5g T1.6b T1.6i T1.8g T2.1f T2.2i T2.3c T2.3e T2.7h T2.13f T2.14d T2.15b T2.15c T2.15e
      T2.17d T2.17g T2.19b
    `,
  },
  {
    reason: 'claims of statements of docs/workflow-language.md and docs/pause.md: written with one fault',
    claims: `
      T2.6l T2.4k T2.4l T2.4m T2.4n T2.4o T2.9n T2.10i T2.11i T2.18g
      T2.18h T2.18i T2.22b T2.22e T2.24c
    `,
  },
  {
    reason: 'claims of tier 3: each was written with one fault',
    claims: `
      T3.2a T3.2c T3.3c T3.4a T3.4b T3.6c T3.7a T3.7b T3.7c T3.7d T3.8a T3.8b T3.8d T3.9b
      T3.9d T3.10a T3.10b T3.10c T3.10e T3.11a T3.11b T3.11c T3.11d T3.12b T3.12c T3.13a T3.13c
      T3.13d T3.15a T3.15b T3.15c T3.15d T3.16a T3.16b T3.17a T3.17b T3.17c T3.17d
      T3.19a T3.19b T3.19c T3.20b T3.20d T3.21b T3.21c T3.22a T3.22b T3.23a T3.26a
      T3.27a
    `,
  },
  {
    reason: 'claims that were parts of another one: their faults were divided between the parts',
    claims: `
      T1.4f T1.4i T1.6j T1.6l T1.7f T2.3j T2.6j T2.6k T2.9g T2.19c T3.2d T3.2e T3.6d
      T3.7e T3.8e T3.8f T3.13e T3.13f T3.14e T3.15e T3.20e
    `,
  },
  {
    reason: 'claims that compare a table: each was written with one fault of a row',
    claims: `
      T1.3j T2.23i T2.23o T3.2f T3.31f
      T3.36d
    `,
  },
  {
    reason: 'scenarios of the system tests: each was written with one fault',
    claims: `
      S0-01 S0-04 S0-07 S0-08 S0-09 S0-10 S0-12 S0-13 S0-15 S0-20 S0-21 S0-25 S0-26 S0-28 S0-30
      S0-31 S0-36 S0-38 S0-53 S0-62 S0-65 S0-67 S1-07 S1-08 S1-09 S1-10 S1-15 S1-16 S1-17 S1-24
      S1-34 S1-37 S1-45 S1-49 S1-53 S1-54 S1-55 S1-56 S1-61 S1-69 S1-70 S2-01 S2-04 S2-06 S2-07
      S2-08 S2-09 S2-11 S2-12 S2-14 S2-17 S2-18 S2-19 S2-25 S2-27 S2-29 S2-30 S2-31 S2-33 S2-35
      S2-36 S2-41 S2-42 S2-43 S2-44 S3-01 S3-02 S3-03 S3-04 S3-05 S3-06 S3-07 S3-08 S3-09 S3-10
      S3-11 S3-12 S3-13 S3-15 S3-16 S3-19 S3-20 S3-21 S3-22
    `,
  },
];
