import { runInCopies } from '../run/in-copies';
import type { Reach } from './measure-reach';
import { describeMutant, type Mutant } from './mutant';
import type { MutantResult, MutantRun, SavedTrial } from './mutant-run';
import { groupTrials, runGroup } from './run-group';
import { runAlone, stepAfter, type TrialStep } from './trial';

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
    const saved = run.savedTrials.get(mutant.id);
    const step = saved ? continued(mutant, reach, saved) : await runShortest(run, root, mutant, reach);
    if ('result' in step) end(step.result);
    else if (!saved) run.saveTrial(step.open);
    return step;
  });
  const groups = groupTrials(steps.flatMap((step) => ('open' in step ? [step.open] : [])));
  await runInCopies(roots, groups, (root, group) => runGroup(run, root, group, end));
  return mutants.map((mutant) => results.get(mutant)!);
}

/** The trial of an earlier run. */
function continued(mutant: Mutant, reach: Reach, { left, ...saved }: SavedTrial): TrialStep {
  const claims = reach(mutant).claims.flatMap(({ claim }) => (left.includes(claim.id) ? [claim] : []));
  return stepAfter({ ...saved, mutant, claims });
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
