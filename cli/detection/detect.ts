import { availableParallelism } from 'node:os';
import { EXIT_CODES } from '../../contract/errors';
import { readCensus } from '../../helpers/scenario/census';
import { FAULTS } from '../../tools/detection/catalogue/catalogue';
import type { Fault } from '../../tools/detection/fault';
import {
  formatMatrix,
  formatRooms,
  formatScenarios,
  formatSummary,
  formatSurvivors,
} from '../../tools/detection/run/matrix';
import { runBrokenTargets, type Score } from '../../tools/detection/run/broken-targets';
import { detectProven, runControl } from '../../tools/detection/run/control';
import { claimsOf, survivingResults, type Detection, type DetectionRun } from '../../tools/detection/run/detect-faults';
import { runClaims } from '../../tools/detection/run/run-claims';
import { createScratchCopy } from '../../tools/detection/run/scratch-copy';
import { sample } from '../../tools/detection/sample';
import { shardOf, type Shard } from '../../tools/detection/shard';
import { readSystemScenarios } from '../../tools/detection/system-scenarios';
import { usageError } from '../failures';
import { interruptible } from '../stop-cause';
import { controlledClaims, formatControl, shardOfClaims, type ControlReport } from './control-claims';
import { findFaults } from './find-faults';
import { announceSeed, asCommandError } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface DetectFlags {
  readonly sample?: number;
  readonly platforms?: number;
  readonly seed?: string;
  readonly shard?: Shard;
  readonly allClaims?: true;
  readonly withoutControl?: true;
  readonly besideGate?: true;
  readonly controlOnly?: true;
  readonly find?: true;
  readonly write?: true;
  readonly json?: true;
}

interface Report {
  readonly detections: readonly Detection[];
  /** Of the targets that do not work. */
  readonly scores: readonly Score[];
}

/** Applies faults to a copy of the platform, and prints which claims fail. Ctrl-C stops it. */
export async function detect(ids: readonly string[], flags: DetectFlags, root: string): Promise<void> {
  if (flags.write && !flags.find) throw usageError('--write changes what --find finds: use both');
  const faults = selectFaults(ids, flags);
  if (flags.find) {
    const { text, isComplete } = findFaults(faults, flags, root);
    process.stdout.write(`${text}\n`);
    if (!isComplete) process.exitCode = EXIT_CODES.testFailed;
    return;
  }
  await interruptible('its tests have ended, and the copy of the project is removed', async (stop) => {
    const request: DetectionRequest = { root, stop, ids, flags };
    if (flags.controlOnly) {
      const proven = await proveClaims(faults, request).catch(asCommandError);
      process.stdout.write(flags.json ? `${JSON.stringify(proven)}\n` : `${formatControl(proven)}\n`);
      return;
    }
    const report = await runDetection(faults, request).catch(asCommandError);
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${formatReport(report)}\n`);
    if (!isDetected(report)) process.exitCode = EXIT_CODES.testFailed;
  });
}

/** A fault that only system tests detect takes about so many times as long. */
const SYSTEM_COST = 2;
const costOf = ({ claims }: Fault): number => (claims.every((claim) => claim.startsWith('T')) ? 1 : SYSTEM_COST);

function selectFaults(
  ids: readonly string[],
  { sample: count, seed, shard, controlOnly }: DetectFlags,
): readonly Fault[] {
  if (shard !== undefined && (ids.length > 0 || count !== undefined))
    throw usageError('--shard selects of all faults: use it without ids and --sample');
  const unknown = ids.find((id) => !FAULTS.some((fault) => fault.id === id));
  if (unknown !== undefined) {
    throw usageError(`unknown fault "${unknown}": tools/detection/catalogue lists them`);
  }
  const selected = ids.length === 0 ? FAULTS : FAULTS.filter(({ id }) => ids.includes(id));
  if (count === undefined) {
    if (seed !== undefined) throw usageError('--seed selects a sample: use it with --sample');
    return shard === undefined || controlOnly ? selected : shardOf(selected, shard, costOf);
  }
  return sample(selected, count, announceSeed(seed, ['detect', ...ids, `--sample ${count}`]));
}

interface DetectionRequest {
  readonly root: string;
  readonly stop: AbortSignal;
  /** Of faults that the caller names: each of them must be applied. */
  readonly ids: readonly string[];
  readonly flags: DetectFlags;
}

/** Runs the targets that do not work, too, with all faults, or with their last shard. */
const hasTargets = ({ ids, flags: { sample: count, shard } }: DetectionRequest): boolean =>
  ids.length === 0 && count === undefined && (shard === undefined || shard.index === shard.count);

async function inCopies<T>(
  { root, stop, flags }: DetectionRequest,
  copies: number,
  work: (run: DetectionRun) => Promise<T>,
): Promise<T> {
  const scratch = createScratchCopy(root);
  try {
    return await work({
      copies: scratch.multiply(copies),
      stop,
      runClaims,
      census: [...readCensus(root), ...readSystemScenarios(root)],
      allClaims: flags.allClaims ?? false,
      reportProgress: (line) => void process.stderr.write(`${line}\n`),
    });
  } finally {
    await scratch.close();
    scratch.remove();
  }
}

/** One fault for each core, and one for the times in which the others wait. */
const DEFAULT_PLATFORMS = availableParallelism() + 1;

const runDetection = (faults: readonly Fault[], request: DetectionRequest): Promise<Report> =>
  inCopies(request, request.flags.platforms ?? DEFAULT_PLATFORMS, async (run) => {
    const claims = controlledClaims(claimsOf(run, faults), request.flags, request.root);
    const detections = await detectProven(run, faults, { claims, mustProve: request.ids.length > 0 });
    return {
      detections,
      scores: hasTargets(request) ? await runBrokenTargets({ ...run, census: readCensus(request.root) }) : [],
    };
  });

/** Runs the claims without a fault, and returns what this host proves of them. */
const proveClaims = (faults: readonly Fault[], request: DetectionRequest): Promise<ControlReport> =>
  inCopies(request, 1, async (run) => {
    const { sample: count, shard } = request.flags;
    const all = claimsOf(run, faults);
    const claims = shard === undefined || count !== undefined ? all : shardOfClaims(all, shard, request.root);
    const skipped = await runControl(run, { claims, mustProve: request.ids.length > 0 });
    return { green: claims.map(({ id }) => id).filter((id) => !skipped.includes(id)), skipped };
  });

const isDetected = ({ detections, scores }: Report): boolean =>
  detections.every((detection) => survivingResults(detection).length === 0) &&
  scores.every(({ passed }) => passed.length === 0);

const formatReport = ({ detections, scores }: Report): string =>
  [
    formatMatrix(detections),
    '',
    formatScenarios(detections),
    '',
    formatRooms(detections),
    '',
    ...formatSurvivors(detections),
    ...scores.map(
      ({ target, passed, claims, seconds, evidence }) =>
        `${target}: ${passed.length} of ${claims} claims passed, ${seconds.toFixed(0)} s; ${passed.join(' ') || evidence}`,
    ),
    formatSummary(detections),
  ].join('\n');
