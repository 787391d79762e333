import { median, percentile } from '../../../tools/bench/percentiles';
import { runCases } from '../../../helpers/sized';
import { checkRound } from './chaos/check-round';
import { startChaosBench, type ChaosBench } from './chaos/chaos-bench';
import { leftOvers, untilNoProgramRuns } from './chaos/left-overs';
import { playRound, type Recovery } from './chaos/round';
import { newestExecution, settledExecutions, storedOccurrences } from './crash/stored-trees';

/** Of the run that all tests have. */
const SAMPLE = { seed: 1, faults: 8 };
const FAULTS = runCases(SAMPLE.faults);
const SEED = Number(process.env.E2E_SEED ?? SAMPLE.seed);
/** Faults between two checks of everything. */
const ROUND = 22;
/** Of a few faults it is the longest one, which a busy machine decides. */
const MOST_P99_SECONDS = FAULTS < 100 ? Infinity : 15;
jest.setTimeout((180 + FAULTS * 30) * 1_000);

const report = (line: string): void => void process.stderr.write(`${line}\n`);

/** Plays one round and checks all that it has left. */
async function runRound(bench: ChaosBench, seed: number, faults: number) {
  const { platform, pack, shapes } = bench;
  const before = await newestExecution(platform);
  let count = 0;
  const onRecovered = ({ fault, ms }: Recovery): void =>
    report(`seed ${seed}, ${++count} of ${faults}: ${fault}: ${(ms / 1_000).toFixed(1)} s`);
  const { recoveries, ...history } = await playRound(bench, { seed, faults, onRecovered });
  const executions = await settledExecutions(platform, before);
  const ids = new Set(executions.map(({ id }) => id));
  await untilNoProgramRuns(platform, [...ids]);
  const state = {
    ...history,
    executions,
    probes: recoveries.map((_, n) => `${seed}p${n}`),
    ledger: pack.ledger().filter(({ execution }) => ids.has(execution)),
    occurrences: await storedOccurrences(platform, executions.at(-1)!.id),
  };
  const anomalies = checkRound(state, shapes);
  report(`seed ${seed}: ${executions.length} executions, ${anomalies.length} anomalies`);
  return { anomalies, recoveries };
}

test('S3-25 DU-12 random kills and stops under load lose and double nothing', async () => {
  await using bench = await startChaosBench();
  const found = [];
  const recoveries: Recovery[] = [];
  for (let seed = SEED, left = FAULTS; left > 0; seed++, left -= ROUND) {
    const faults = Math.min(left, ROUND);
    const round = await runRound(bench, seed, faults);
    recoveries.push(...round.recoveries);
    const replay = `E2E_SEED=${seed} E2E_SEEDS=${faults} npx jest tests/integration/faults/s3-chaos`;
    if (round.anomalies.length > 0) found.push({ replay, anomalies: round.anomalies });
  }
  const times = recoveries.map(({ ms }) => ms / 1_000);
  const p99 = percentile(times, 99);
  const [half, most, all] = [median(times), p99, Math.max(...times)].map((seconds) => seconds.toFixed(1));
  report(`${FAULTS} faults from seed ${SEED}: recovered within ${half} s (p50), ${most} s (p99), ${all} s (longest)`);
  await bench.platform.stop();

  expect({ seed: SEED, found }).toEqual({ seed: SEED, found: [] });
  expect(leftOvers(bench.platform)).toEqual([]);
  expect(p99).toBeLessThanOrEqual(MOST_P99_SECONDS);
});
