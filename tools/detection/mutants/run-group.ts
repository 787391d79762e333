import type { CensusLine } from '../../../helpers/scenario/census';
import { wasRun } from '../run/claim-results';
import type { MutantResult, MutantRun, Trial } from './mutant-run';
import { runAlone, runWith, stepAfter, type TrialStep } from './trial';

/** Mutants in one run: most of those that are left survive all claims. */
const GROUP_SIZE = 8;
/** Claims in one run: what an interruption loses. */
const PORTION = 60;
/** With more failed claims, two halves cost less than these claims for each mutant. */
const MAX_FAILED_CLAIMS = 40;

/** Groups of trials whose claims are about as many, so that few run only for the others. */
export function groupTrials(trials: readonly Trial[]): Trial[][] {
  const sorted = [...trials].sort((a, b) => a.claims.length - b.claims.length);
  return Array.from({ length: Math.ceil(sorted.length / GROUP_SIZE) }, (_, n) =>
    sorted.slice(n * GROUP_SIZE, (n + 1) * GROUP_SIZE),
  );
}

/**
 * Runs the claims that are left, in portions, with all mutants of the group that no claim has
 * caught so far.
 */
export async function runGroup(
  run: MutantRun,
  root: string,
  group: readonly Trial[],
  onResult: (result: MutantResult) => void,
): Promise<void> {
  let open = [...group];
  while (open.length > 0) {
    const claims = [...new Set(open.flatMap((trial) => trial.claims))].slice(0, PORTION);
    const steps = await runPortion(run, root, open, claims);
    for (const step of steps) if ('result' in step) onResult(step.result);
    open = steps.flatMap((step) => ('open' in step ? [step.open] : []));
    open.forEach(run.saveTrial);
  }
}

/**
 * Runs claims with all these mutants on. A claim that passes has caught none of them; the others
 * run again for each mutant alone, which decides.
 */
async function runPortion(
  run: MutantRun,
  root: string,
  group: readonly Trial[],
  claims: readonly CensusLine[],
): Promise<TrialStep[]> {
  const [first] = group;
  if (group.length === 1) return [await runAlone(run, root, first!, claimsOf(first!, claims))];
  const mutants = group.map(({ mutant }) => mutant);
  const { results, seconds } = await runWith(run, root, mutants, claims);
  const notGreen = claims.filter(({ id }) => results.some(({ claim, outcome }) => claim === id && outcome !== 'green'));
  run.reportProgress(`${group.length} mutants at once: ${notGreen.length} of ${claims.length} claims not passed`);
  const timed = group.map((trial) => ({ ...trial, seconds: trial.seconds + seconds / group.length }));
  if (!results.some(wasRun) || notGreen.length > MAX_FAILED_CLAIMS) {
    const half = Math.ceil(timed.length / 2);
    const halves = [timed.slice(0, half), timed.slice(half)];
    return [...(await runPortion(run, root, halves[0]!, claims)), ...(await runPortion(run, root, halves[1]!, claims))];
  }
  const passed = claims.filter((claim) => !notGreen.includes(claim));
  const steps: TrialStep[] = [];
  for (const trial of timed) {
    const left = { ...trial, claims: trial.claims.filter((claim) => !passed.includes(claim)) };
    const again = claimsOf(left, notGreen);
    steps.push(again.length > 0 ? await runAlone(run, root, left, again) : stepAfter(left));
  }
  return steps;
}

const claimsOf = (trial: Trial, claims: readonly CensusLine[]): CensusLine[] =>
  trial.claims.filter((claim) => claims.includes(claim));
