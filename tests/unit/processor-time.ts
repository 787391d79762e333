/** A processor that others share makes each run slower, and the first one also compiles. */
export const MAX_ROUNDS = 25;

/** Processor time of this process for one call, ms: that of other processes is not counted. */
function processorTimeOf(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * The processor time of `run` over that of `reference`: the least of each, of calls in turns until
 * the ratio is below `limit`, or 25 of each. Whatever slows the machine slows both.
 */
function timeRatio(run: () => unknown, reference: () => unknown, limit: number): number {
  let [ownMs, referenceMs] = [Infinity, Infinity];
  for (let round = 0; round < MAX_ROUNDS && !(ownMs / referenceMs < limit); round++) {
    ownMs = Math.min(ownMs, processorTimeOf(run));
    referenceMs = Math.min(referenceMs, processorTimeOf(reference));
  }
  return ownMs / referenceMs;
}

/** How many parts of the input a test of `growthOf` measures one of. */
export const PARTS = 16;
/** Measured: 0.8 to 1.6, on a busy machine, too. With quadratic time it would be 16. */
export const MAX_GROWTH = 3;

/** The processor time for an input over that for 16 times a 16th of it: 1 where it is linear. */
export const growthOf = (whole: () => unknown, part: () => unknown): number =>
  timeRatio(
    whole,
    () => {
      for (let n = 0; n < PARTS; n++) part();
    },
    MAX_GROWTH,
  );

const RECORDS = Array.from({ length: 20_000 }, (_, n) => ({ id: (n * 7_919) % 20_011, name: `name-${n}`, next: [n] }));
/** Of the work below, on an idle processor of 2026. */
const REFERENCE_MS = 25;

/** A fixed piece of work of the kind that the platform does: texts, objects and their order. */
const referenceWork = (): unknown =>
  (JSON.parse(JSON.stringify(RECORDS)) as typeof RECORDS)
    .sort((a, b) => a.id - b.id)
    .map(({ name, next }) => `${name}/${next.join()}`);

/** The processor time of `run`, ms of a processor that takes 25 ms for a fixed piece of work. */
export const comparableMs = (run: () => unknown, limitMs: number): number =>
  timeRatio(run, referenceWork, limitMs / REFERENCE_MS) * REFERENCE_MS;
