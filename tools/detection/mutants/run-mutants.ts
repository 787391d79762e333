import { runInCopies } from '../run/in-copies';
import type { Reach } from './measure-reach';
import { describeMutant, type Mutant } from './mutant';
import type { MutantResult, MutantRun } from './mutant-run';
import { groupTrials, runGroup } from './run-group';
import { runAlone, type TrialStep } from './trial';

/** Of the claims that run first, without a mutant: most mutants fail one of these. */
const FIRST_SECONDS = 20;

/**
 * Runs the claims that reach each mutant: the shortest of them for each mutant alone, the others
 * for several mutants at once. In each copy one run at a time. `onResult` gets each result as soon
 * as it is known. Returns them in the order of the mutants.
 */
export async function runMutants(
  run: MutantRun,
  reach: Reach,
  mutants: readonly Mutant[],
  onResult: (result: MutantResult) => void,
): Promise<MutantResult[]> {
  const { roots } = run.copies;
  const results = new Map<Mutant, MutantResult>();
  const end = (result: MutantResult): void => {
    results.set(result.mutant, result);
    run.reportProgress(formatProgress(results.size, mutants.length, result));
    onResult(result);
  };
  const steps = await runInCopies(roots, mutants, async (root, mutant) => {
    const step = await runShortest(run, root, mutant, reach);
    if ('result' in step) end(step.result);
    return step;
  });
  const groups = groupTrials(steps.flatMap((step) => ('open' in step ? [step.open] : [])));
  await runInCopies(roots, groups, async (root, group) => (await runGroup(run, root, group)).forEach(end));
  return mutants.map((mutant) => results.get(mutant)!);
}

/** Runs the shortest claims that reach the mutant, `FIRST_SECONDS` in sum, at least one. */
async function runShortest(run: MutantRun, root: string, mutant: Mutant, reach: Reach): Promise<TrialStep> {
  const { claims: timed, isKnown } = reach(mutant);
  if (timed.length === 0) return { result: { mutant, outcome: 'not reached', evidence: '', seconds: 0 } };
  let sum = 0;
  const count = timed.filter(({ seconds }, n) => (sum += seconds) <= FIRST_SECONDS || n === 0).length;
  const claims = timed.map(({ claim }) => claim);
  return runAlone(run, root, { mutant, claims, isReached: isKnown, seconds: 0 }, claims.slice(0, count));
}

function formatProgress(
  ended: number,
  total: number,
  { outcome, seconds, mutant, claim, evidence }: MutantResult,
): string {
  const progress = `${ended} of ${total}: ${outcome}, ${seconds.toFixed(1)} s`;
  return [progress, describeMutant(mutant), claim, evidence].filter(Boolean).join(': ');
}
