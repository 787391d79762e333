import { isInShard, onlyCase, runCases, runSeed, sized } from '../../../helpers/sized';
import { errorMessage } from '../../../platform/base/error-details';
import { describeCase, sampleCases } from './crash/cases';
import { startCrashBench } from './crash/crash-bench';
import { runCase } from './crash/run-case';

/** Of one run: `E2E_SEEDS`, or all of them. */
const COUNT = runCases(sized({ ci: 6, full: Infinity }));
/** Of the sample that every run of all tests has; a whole run has another seed each time. */
const SAMPLE_SEED = 7;
jest.setTimeout(7_200_000);

test('DU-02 a kill at any boundary loses nothing and doubles nothing', async () => {
  const seed = sized({ ci: Number(process.env.E2E_SEED ?? SAMPLE_SEED), full: runSeed() });
  const cases = sampleCases(seed, COUNT, onlyCase()).filter((_, n) => isInShard(n));
  await using bench = await startCrashBench();
  const found = [];

  for (const [n, crashCase] of cases.entries()) {
    const startedAt = performance.now();
    const anomalies = await runCase(bench, crashCase, `case ${n}`).catch((error: unknown) => [errorMessage(error)]);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stderr.write(
      `${n + 1} of ${cases.length}, ${seconds} s: ${describeCase(crashCase)} ${anomalies.join('; ')}\n`,
    );
    if (anomalies.length > 0) found.push({ case: describeCase(crashCase), anomalies });
  }

  expect({ seed, found }).toEqual({ seed, found: [] });
  expect(cases.length).toBeGreaterThan(0);
});
