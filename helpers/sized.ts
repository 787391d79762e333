/** Sizes of a test: what CI has time for, and what the attack list names. */
interface Sizes {
  readonly ci: number;
  readonly full: number;
}

/** The size of a test in this run. `E2E_SIZES=full` selects the whole size. */
export const sized = ({ ci, full }: Sizes): number => (process.env.E2E_SIZES === 'full' ? full : ci);

/** The number of random cases of this run: `E2E_SEEDS`, else `count`. */
export const runCases = (count: number): number => Number(process.env.E2E_SEEDS ?? count);

/** A seed that differs from run to run. */
export const newSeed = (): number => Date.now() % 1_000_000;

/** The seed of this run's random cases: `E2E_SEED`, else that of the gate, else a new one. */
export const runSeed = (): number => Number(process.env.E2E_SEED ?? process.env.GATE_SEED ?? newSeed());

/** Whether the case of this index, from 0, is in the shard of the run: `E2E_SHARD`, as `3/16`. */
export function isInShard(index: number): boolean {
  const [number, count] = (process.env.E2E_SHARD ?? '1/1').split('/').map(Number);
  return index % count! === number! - 1;
}

/** The number of the one case of a set that runs: `E2E_CASE`; undefined: all. */
export const onlyCase = (): string | undefined => process.env.E2E_CASE;
