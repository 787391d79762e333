import { EXIT_CODES } from '../../contract/errors';
import { readCensus } from '../../helpers/scenario/census';
import { FAULTS } from '../../tests/detection/catalogue/catalogue';
import { FaultError, type Fault } from '../../tests/detection/fault';
import { formatMatrix, formatScenarios, formatSummary, formatSurvivors } from '../../tests/detection/report/matrix';
import { runBrokenTargets, type Score } from '../../tests/detection/run/broken-targets';
import {
  detectFaults,
  runControl,
  survivingResults,
  type Detection,
  type DetectionRun,
} from '../../tests/detection/run/detect-faults';
import type { ClaimResult } from '../../tests/detection/run/claim-results';
import { createScratchCopy } from '../../tests/detection/run/scratch-copy';
import { sample } from '../../tests/detection/sample';
import { shardOf, type Shard } from '../../tests/detection/shard';
import { readSystemScenarios } from '../../tests/detection/system-scenarios';
import { CommandError } from '../failures';
import { interruptible } from '../stop-cause';
import { announceSeed, asCommandError } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface DetectFlags {
  readonly sample?: number;
  readonly platforms: number;
  readonly seed?: string;
  readonly shard?: Shard;
  readonly allClaims?: true;
  readonly json?: true;
}

interface Report {
  readonly detections: readonly Detection[];
  /** Of the targets that do not work; only of all faults, or with their last shard. */
  readonly scores: readonly Score[];
}

/** Applies faults to a copy of the platform, and prints which claims fail. Ctrl-C stops it. */
export async function detect(ids: readonly string[], flags: DetectFlags, root: string): Promise<void> {
  const faults = selectFaults(ids, flags);
  await interruptible(async (stop) => {
    const hasTargets = ids.length === 0 && flags.sample === undefined && isLast(flags.shard);
    const report = await runDetection(faults, { root, stop, ids, flags, hasTargets }).catch(asCommandError);
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
    if (!isDetected(report)) process.exitCode = EXIT_CODES.testFailed;
  });
}

const isLast = (shard: Shard | undefined): boolean => shard === undefined || shard.index === shard.count;

/** A fault that only system tests detect takes about so many times as long. */
const SYSTEM_COST = 2;
const costOf = ({ claims }: Fault): number => (claims.every((claim) => claim.startsWith('T')) ? 1 : SYSTEM_COST);

function selectFaults(ids: readonly string[], { sample: count, seed, shard }: DetectFlags): readonly Fault[] {
  if (shard !== undefined && (ids.length > 0 || count !== undefined))
    throw new CommandError('--shard selects of all faults: use it without ids and --sample', EXIT_CODES.usage);
  const unknown = ids.find((id) => !FAULTS.some((fault) => fault.id === id));
  if (unknown !== undefined) {
    throw new CommandError(`unknown fault "${unknown}": tests/detection/catalogue lists them`, EXIT_CODES.usage);
  }
  const selected = ids.length === 0 ? FAULTS : FAULTS.filter(({ id }) => ids.includes(id));
  if (count === undefined) {
    if (seed !== undefined) throw new CommandError('--seed selects a sample: use it with --sample', EXIT_CODES.usage);
    return shard === undefined ? selected : shardOf(selected, shard, costOf);
  }
  return sample(selected, count, announceSeed(seed, ['detect', ...ids, `--sample ${count}`]));
}

interface DetectionRequest {
  readonly root: string;
  readonly stop: AbortSignal;
  /** Of faults that the caller names: each of them must be applied. */
  readonly ids: readonly string[];
  readonly flags: DetectFlags;
  /** Run the targets that do not work, too. */
  readonly hasTargets: boolean;
}

async function runDetection(faults: readonly Fault[], request: DetectionRequest): Promise<Report> {
  const scratch = createScratchCopy(request.root);
  try {
    const claims = readCensus(request.root);
    const run: DetectionRun = {
      ...{ copies: scratch.multiply(request.flags.platforms), stop: request.stop },
      census: [...claims, ...readSystemScenarios(request.root)],
      allClaims: request.flags.allClaims ?? false,
      reportProgress: (line) => void process.stderr.write(`${line}\n`),
    };
    const skipped = await requireGreen(run, faults, request.ids);
    const isLeftOut = ({ claims: named }: Fault) => named.some((claim) => skipped.includes(claim));
    for (const { id, claims: named } of faults.filter(isLeftOut))
      run.reportProgress(`${id} is left out: this host does not prove ${named.join(', ')}`);
    const detections = await detectFaults(
      run,
      faults.filter((fault) => !isLeftOut(fault)),
    );
    return { detections, scores: request.hasTargets ? await runBrokenTargets({ ...run, census: claims }) : [] };
  } finally {
    scratch.remove();
  }
}

/** Returns the claims that this host cannot prove. Throws FaultError if others are not green. */
async function requireGreen(run: DetectionRun, faults: readonly Fault[], ids: readonly string[]): Promise<string[]> {
  const { failed, skipped } = await runControl(run, faults);
  const unexpected = ids.length > 0 ? [...failed, ...skipped] : failed;
  if (unexpected.length > 0) throw new FaultError(controlMessage(unexpected));
  return skipped.map(({ claim }) => claim);
}

const controlMessage = (failed: readonly ClaimResult[]): string =>
  [
    'the control failed: without a fault these claims are not green, so no fault was applied:',
    ...failed.map(({ claim, outcome, evidence }) => `  ${claim} ${outcome}: ${evidence}`),
  ].join('\n');

const isDetected = ({ detections, scores }: Report): boolean =>
  detections.every((detection) => survivingResults(detection).length === 0) &&
  scores.every(({ passed }) => passed.length === 0);

const formatReport = ({ detections, scores }: Report): string =>
  [
    formatMatrix(detections),
    '',
    formatScenarios(detections),
    '',
    ...formatSurvivors(detections),
    ...scores.map(
      ({ target, passed, claims, seconds, evidence }) =>
        `${target}: ${passed.length} of ${claims} claims passed, ${seconds.toFixed(0)} s; ${passed.join(' ') || evidence}`,
    ),
    formatSummary(detections),
  ].join('\n');
