/** Sizes of a test: what CI has time for, and what the attack list names. */
interface Sizes {
  readonly ci: number;
  readonly full: number;
}

/** The size of a test in this run. `E2E_SIZES=full` selects the whole size. */
export const sized = ({ ci, full }: Sizes): number => (process.env.E2E_SIZES === 'full' ? full : ci);

/** The number of random cases of this run: `E2E_SEEDS`, else `count`. */
export const runCases = (count: number): number => Number(process.env.E2E_SEEDS ?? count);

/** The seed of the random cases of this run: `E2E_SEED`, else a new one. */
export const runSeed = (): number => Number(process.env.E2E_SEED ?? Date.now() % 1_000_000);

/** The number of the one case of a set that runs: `E2E_CASE`; undefined: all. */
export const onlyCase = (): string | undefined => process.env.E2E_CASE;
