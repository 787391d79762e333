import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError, type Fault } from '../fault';
import { OUTCOMES, type Outcome } from '../outcome';
import { isSystemScenario } from '../system-scenarios';
import type { ClaimResult } from './claim-results';
import { runInCopies } from './in-copies';
import type { ClaimsRun, runClaims } from './run-claims';
import { undecidedOf, withRepeated } from './run-until-decided';
import type { ScratchCopy } from './scratch-copy';

/** The result of one fault. */
export interface Detection {
  readonly fault: Fault;
  /** Of the run of the suite. */
  readonly seconds: number;
  readonly results: readonly ClaimResult[];
  /** Those of its claims in whose time its place ran; null if that is not known. */
  readonly ran: readonly string[] | null;
}

export interface DetectionRun {
  /** One for each fault that runs at the same time, at least one. */
  readonly copies: readonly ScratchCopy[];
  readonly census: readonly CensusLine[];
  /** Run every claim for each fault, and not only those that it names. */
  readonly allClaims: boolean;
  readonly stop: AbortSignal;
  readonly runClaims: typeof runClaims;
  readonly reportProgress: (line: string) => void;
}

/** The claims that must fail, and did not. */
export const survivingResults = ({ fault, results }: Detection): ClaimResult[] =>
  results.filter(({ claim, outcome }) => fault.claims.includes(claim) && outcome !== 'red');

/** What one claim showed about the fault. */
export function outcomeOf({ ran }: Pick<Detection, 'ran'>, { claim, outcome }: ClaimResult): Outcome {
  if (outcome === 'red') return 'caught';
  if (outcome === 'environment') return 'environment';
  if (ran === null) return 'not known';
  return ran.includes(claim) ? 'not noticed' : 'not reached';
}

/** `caught` by every claim that it names; else the first other outcome, in the order of all. */
export function outcomeOfFault(detection: Detection): Outcome {
  const found = survivingResults(detection).map((result) => outcomeOf(detection, result));
  return OUTCOMES.find((outcome) => found.includes(outcome)) ?? 'caught';
}

/** The claims that the faults name; with `allClaims`, every claim of the tiers too. */
export function claimsOf({ census, allClaims }: DetectionRun, faults: readonly Fault[]): CensusLine[] {
  const named = new Set(faults.flatMap(({ claims }) => claims));
  return census.filter((line) => named.has(line.id) || (allClaims && !isSystemScenario(line)));
}

/**
 * Runs the claims of each fault, with this fault alone, in each copy one fault at a time. Claims
 * that could not decide run once more when all faults have ended, one fault after the other: with
 * the other copies idle, the host is more likely to decide.
 */
export async function detectFaults(run: DetectionRun, faults: readonly Fault[]): Promise<Detection[]> {
  let ended = 0;
  const first = await runInCopies(run.copies, faults, async (copy, fault) => {
    const claims = claimsOf(run, [fault]);
    const detection = { fault, ...(await runWithFault(run, copy, { fault, claims })) };
    const again = undecidedOf(detection, claims).length > 0 ? ', undecided claims run again at the end' : '';
    run.reportProgress(`${++ended} of ${faults.length}: ${progressOf(detection)}${again}`);
    return detection;
  });
  return runInCopies(run.copies.slice(0, 1), first, async (copy, { fault, ...before }) => {
    const claims = undecidedOf(before, claimsOf(run, [fault]));
    if (claims.length === 0) return { fault, ...before };
    const again = await runWithFault(run, copy, { fault, claims });
    const detection = { fault, ...withRepeated(before, again), ran: unionOf(before.ran, again.ran) };
    run.reportProgress(`again: ${progressOf(detection)}`);
    return detection;
  });
}

const unionOf = (first: Detection['ran'], second: Detection['ran']): Detection['ran'] =>
  first && second && [...new Set([...first, ...second])];

function progressOf(detection: Detection): string {
  const survivors = survivingResults(detection).map((result) => `${result.claim} ${outcomeOf(detection, result)}`);
  const text = survivors.length === 0 ? 'caught' : survivors.join(', ');
  return `${detection.fault.id} ${text}, ${detection.seconds.toFixed(1)} s`;
}

async function runWithFault(
  run: DetectionRun,
  copy: ScratchCopy,
  { fault, claims }: { readonly fault: Fault; readonly claims: readonly CensusLine[] },
): Promise<ClaimsRun & Pick<Detection, 'ran'>> {
  const unknown = fault.claims.find((claim) => !run.census.some(({ id }) => id === claim));
  if (unknown !== undefined)
    throw new FaultError(`${fault.id}: ${unknown} is neither in tests/e2e/census.json nor a system scenario`);
  const applied = copy.applyMarked(fault);
  try {
    await copy.prepare();
    const result = await run.runClaims({ root: copy.root, claims, stop: run.stop });
    const ids = claims.map(({ id }) => id);
    return { ...result, ran: applied.ranDuring(ids, result.times) };
  } finally {
    applied.restore();
  }
}
