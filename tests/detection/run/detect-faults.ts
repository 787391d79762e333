import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError, type Fault } from '../fault';
import type { ClaimResult } from './claim-results';
import { runClaims } from './run-claims';
import type { ScratchCopy } from './scratch-copy';

/** The result of one fault. */
export interface Detection {
  readonly fault: Fault;
  /** Of the run of the suite. */
  readonly seconds: number;
  readonly results: readonly ClaimResult[];
}

export interface DetectionRun {
  readonly scratch: ScratchCopy;
  readonly census: readonly CensusLine[];
  /** Run every claim for each fault, and not only those that it names. */
  readonly allClaims: boolean;
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/** The claims that must fail, and did not. */
export const survivingResults = ({ fault, results }: Detection): ClaimResult[] =>
  results.filter(({ claim, outcome }) => fault.claims.includes(claim) && outcome !== 'red');

/** Claims that fail without any fault. */
export async function runControl(
  { scratch, census, allClaims, stop, reportProgress }: DetectionRun,
  faults: readonly Fault[],
): Promise<ClaimResult[]> {
  const named = new Set(faults.flatMap(({ claims }) => claims));
  const claims = census.filter(({ id }) => allClaims || named.has(id));
  reportProgress(`control: ${claims.length} claims without a fault`);
  const { results, seconds } = await runClaims({ root: scratch.root, claims, stop });
  const failed = results.filter(({ outcome }) => outcome !== 'green');
  reportProgress(`control: ${results.length - failed.length} green, ${failed.length} red, ${seconds.toFixed(1)} s`);
  return failed;
}

/** Runs the claims of each fault, with this fault alone. */
export async function detectFaults(run: DetectionRun, faults: readonly Fault[]): Promise<Detection[]> {
  const detections: Detection[] = [];
  for (const [n, fault] of faults.entries()) {
    const detection = await detectFault(run, fault);
    detections.push(detection);
    const survivors = survivingResults(detection).map(({ claim, outcome }) => `${claim} ${outcome}`);
    const text = survivors.length === 0 ? 'detected' : survivors.join(', ');
    run.reportProgress(`${n + 1} of ${faults.length}: ${fault.id} ${text}, ${detection.seconds.toFixed(1)} s`);
  }
  return detections;
}

async function detectFault({ scratch, census, allClaims, stop }: DetectionRun, fault: Fault): Promise<Detection> {
  const claims = census.filter(({ id }) => allClaims || fault.claims.includes(id));
  const unknown = fault.claims.find((claim) => !census.some(({ id }) => id === claim));
  if (unknown !== undefined) throw new FaultError(`${fault.id}: ${unknown} is not in tests/e2e/census.json`);
  const restore = scratch.apply([fault]);
  try {
    return { fault, ...(await runClaims({ root: scratch.root, claims, stop })) };
  } finally {
    restore();
  }
}
