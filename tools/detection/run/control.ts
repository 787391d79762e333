import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError, type Fault } from '../fault';
import { wasSkipped, type ClaimResult } from './claim-results';
import { detectFaults, type Detection, type DetectionRun } from './detect-faults';
import { runUntilDecided } from './run-until-decided';

/** The claims that run without a fault before the faults are applied. */
interface Control {
  readonly claims: readonly CensusLine[];
  /** Whether it is an error if the host cannot prove one: else its faults are left out. */
  readonly mustProve: boolean;
}

/**
 * Runs claims without any fault. Returns those that this host cannot prove. Throws FaultError if
 * others are not green.
 */
export async function runControl(
  { copies, stop, reportProgress, runClaims }: DetectionRun,
  { claims, mustProve }: Control,
): Promise<string[]> {
  if (claims.length === 0) return [];
  reportProgress(`control: ${claims.length} claims without a fault`);
  const { results, seconds } = await runUntilDecided(runClaims, { root: copies[0]!.root, claims, stop });
  const others = results.filter(({ outcome }) => outcome !== 'green');
  reportProgress(`control: ${results.length - others.length} green, ${others.length} not, ${seconds.toFixed(1)} s`);
  const unexpected = mustProve ? others : others.filter((result) => !wasSkipped(result));
  if (unexpected.length > 0) throw new FaultError(controlMessage(unexpected));
  return others.map(({ claim }) => claim);
}

const controlMessage = (results: readonly ClaimResult[]): string =>
  [
    'the control failed: without a fault these claims are not green, so no fault is reported:',
    ...results.map(({ claim, outcome, evidence }) => `  ${claim} ${outcome}: ${evidence}`),
  ].join('\n');

/**
 * Runs the control, then the faults whose claims the host proves. What had no control and was
 * skipped with a fault runs without it at the end: either the host cannot prove it, or the fault
 * let it be skipped, which is no detection.
 */
export async function detectProven(
  run: DetectionRun,
  faults: readonly Fault[],
  control: Control,
): Promise<Detection[]> {
  const applied = withoutClaims(run, faults, await runControl(run, control));
  const detections = await detectFaults(run, applied);
  const skipped = new Set(detections.flatMap(skippedClaims));
  const late = run.census.filter((claim) => skipped.has(claim.id) && !control.claims.includes(claim));
  const kept = withoutClaims(run, applied, await runControl(run, { ...control, claims: late }));
  return detections.filter(({ fault }) => kept.includes(fault));
}

const skippedClaims = ({ fault, results }: Detection): string[] =>
  results.filter((result) => fault.claims.includes(result.claim) && wasSkipped(result)).map(({ claim }) => claim);

function withoutClaims(run: DetectionRun, faults: readonly Fault[], unproven: readonly string[]): Fault[] {
  const isLeftOut = ({ claims }: Fault): boolean => claims.some((claim) => unproven.includes(claim));
  for (const { id, claims } of faults.filter(isLeftOut))
    run.reportProgress(`${id} is left out: this host does not prove ${claims.join(', ')}`);
  return faults.filter((fault) => !isLeftOut(fault));
}
