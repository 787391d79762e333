import { wasRun } from '../run/claim-results';
import type { MutantResult, MutantRun } from './mutant-run';
import { runAlone, runWith, survivor, type Trial } from './trial';

/** Mutants in one run: most of those that are left survive all claims. */
const GROUP_SIZE = 8;
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
 * Runs the claims that are left with all mutants of the group switched on. A claim that passes has
 * detected none of them; the others run again for each mutant alone, which decides.
 */
export async function runGroup(run: MutantRun, root: string, group: readonly Trial[]): Promise<MutantResult[]> {
  const claims = [...new Set(group.flatMap((trial) => trial.claims))];
  if (group.length === 1) return [await runToEnd(run, root, group[0]!)];
  const { results, seconds } = await runWith(
    run,
    root,
    group.map(({ mutant }) => mutant),
    claims,
  );
  const share = seconds / group.length;
  const notGreen = new Set(results.filter(({ outcome }) => outcome !== 'green').map(({ claim }) => claim));
  run.reportProgress(`${group.length} mutants at once: ${notGreen.size} of ${claims.length} claims not passed`);
  const left = group.map((trial) => ({ ...trial, seconds: trial.seconds + share }));
  if (!results.some(wasRun) || notGreen.size > MAX_FAILED_CLAIMS) {
    const half = Math.ceil(left.length / 2);
    return [...(await runGroup(run, root, left.slice(0, half))), ...(await runGroup(run, root, left.slice(half)))];
  }
  const ended: MutantResult[] = [];
  for (const trial of left) {
    const again = trial.claims.filter(({ id }) => notGreen.has(id));
    ended.push(await runToEnd(run, root, { ...trial, claims: again }));
  }
  return ended;
}

/** Runs all claims of the trial with its mutant alone. */
async function runToEnd(run: MutantRun, root: string, trial: Trial): Promise<MutantResult> {
  const step = await runAlone(run, root, trial, trial.claims);
  return 'result' in step ? step.result : survivor(step.open);
}
