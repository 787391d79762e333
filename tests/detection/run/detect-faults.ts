import type { CensusLine } from '../../../helpers/scenario/census';
import { FaultError, type Fault } from '../fault';
import { wasSkipped, type ClaimResult } from './claim-results';
import { runInCopies } from './in-copies';
import { isSystemScenario } from '../system-scenarios';
import { runClaims } from './run-claims';
import { runUntilDecided } from './run-until-decided';
import type { ScratchCopy } from './scratch-copy';

/** The result of one fault. */
export interface Detection {
  readonly fault: Fault;
  /** Of the run of the suite. */
  readonly seconds: number;
  readonly results: readonly ClaimResult[];
}

export interface DetectionRun {
  /** One for each fault that runs at the same time, at least one. */
  readonly copies: readonly ScratchCopy[];
  readonly census: readonly CensusLine[];
  /** Run every claim for each fault, and not only those that it names. */
  readonly allClaims: boolean;
  readonly stop: AbortSignal;
  readonly reportProgress: (line: string) => void;
}

/** The claims that must fail, and did not. */
export const survivingResults = ({ fault, results }: Detection): ClaimResult[] =>
  results.filter(({ claim, outcome }) => fault.claims.includes(claim) && outcome !== 'red');

/** Claims that are not green without any fault. */
interface Control {
  /** That this host cannot prove. */
  readonly skipped: ClaimResult[];
  readonly failed: ClaimResult[];
}

/** Runs the claims that the faults name, without any fault. */
export async function runControl(
  { copies, census, allClaims, stop, reportProgress }: DetectionRun,
  faults: readonly Fault[],
): Promise<Control> {
  const named = new Set(faults.flatMap(({ claims }) => claims));
  const claims = census.filter((line) => named.has(line.id) || (allClaims && !isSystemScenario(line)));
  reportProgress(`control: ${claims.length} claims without a fault`);
  const { results, seconds } = await runUntilDecided(runClaims, { root: copies[0]!.root, claims, stop });
  const others = results.filter(({ outcome }) => outcome !== 'green');
  reportProgress(`control: ${results.length - others.length} green, ${others.length} not, ${seconds.toFixed(1)} s`);
  return { skipped: others.filter(wasSkipped), failed: others.filter((result) => !wasSkipped(result)) };
}

/** Runs the claims of each fault, with this fault alone, in each copy one fault at a time. */
export async function detectFaults(run: DetectionRun, faults: readonly Fault[]): Promise<Detection[]> {
  let ended = 0;
  return runInCopies(run.copies, faults, async (copy, fault) => {
    const detection = await detectFault(run, copy, fault);
    const survivors = survivingResults(detection).map(({ claim, outcome }) => `${claim} ${outcome}`);
    const text = survivors.length === 0 ? 'detected' : survivors.join(', ');
    run.reportProgress(`${++ended} of ${faults.length}: ${fault.id} ${text}, ${detection.seconds.toFixed(1)} s`);
    return detection;
  });
}

async function detectFault(
  { census, allClaims, stop }: DetectionRun,
  copy: ScratchCopy,
  fault: Fault,
): Promise<Detection> {
  const claims = census.filter((line) => fault.claims.includes(line.id) || (allClaims && !isSystemScenario(line)));
  const unknown = fault.claims.find((claim) => !census.some(({ id }) => id === claim));
  if (unknown !== undefined)
    throw new FaultError(`${fault.id}: ${unknown} is neither in tests/e2e/census.json nor a system scenario`);
  const restore = copy.apply([fault]);
  try {
    return { fault, ...(await runUntilDecided(runClaims, { root: copy.root, claims, stop })) };
  } finally {
    restore();
  }
}
