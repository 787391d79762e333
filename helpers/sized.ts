/** Sizes of a test: what CI has time for, and what the attack list names. */
interface Sizes {
  readonly ci: number;
  readonly full: number;
}

/** The size of a test in this run. `E2E_SIZES=full` selects the whole size. */
export const sized = ({ ci, full }: Sizes): number => (process.env.E2E_SIZES === 'full' ? full : ci);

/** The seed of the random cases of this run: `E2E_SEED`, else a new one. */
export const runSeed = (): number => Number(process.env.E2E_SEED ?? Date.now() % 1_000_000);
