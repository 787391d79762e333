import { readCensus } from '../../helpers/scenario/census';
import { createInstrumentedCopies } from '../../tools/detection/mutants/instrumented-copy';
import { measureReach } from '../../tools/detection/mutants/measure-reach';
import { ROOMS, type Room } from '../../tools/detection/mutants/mutant';
import type { MutantResult } from '../../tools/detection/mutants/mutant-run';
import {
  formatClaims,
  formatMutantSummary,
  formatMutantSurvivors,
  formatRooms,
} from '../../tools/detection/mutants/report';
import { openResultFile } from '../../tools/detection/mutants/result-file';
import { runMutants } from '../../tools/detection/mutants/run-mutants';
import { runClaims } from '../../tools/detection/run/run-claims';
import { ranked } from '../../tools/detection/sample';
import { interruptible } from '../stop-cause';
import { announceSeed, asCommandError } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface MutateFlags {
  readonly room?: Room;
  readonly sample: number;
  readonly platforms: number;
  readonly seed?: string;
  readonly results?: string;
  readonly json?: true;
}

/** Switches mutants on, and prints which no claim detects. Ctrl-C stops it. */
export async function mutate(flags: MutateFlags, root: string): Promise<void> {
  const { room, sample: count, seed, results: file, json } = flags;
  const selection = [...(room === undefined ? [] : [`--room ${room}`]), `--sample ${count}`];
  const usedSeed = announceSeed(seed, ['mutate', ...selection, ...(file === undefined ? [] : [`--results ${file}`])]);
  await interruptible(
    async (stop) => {
      const results = await runSample({ ...flags, seed: usedSeed, root, stop }).catch(asCommandError);
      process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${formatReport(results)}\n`);
    },
    `its tests have ended, and the copies are removed${file === undefined ? '' : `; ${file} has the results so far`}`,
  );
}

/**
 * Mutants that all get their results before the next ones start: the portions of a run that is
 * interrupted are a random sample, too.
 */
const PORTION = 40;

interface SampleRequest extends MutateFlags {
  readonly seed: string;
  readonly root: string;
  readonly stop: AbortSignal;
}

async function runSample({ root, room, sample: count, platforms, seed, results: path, stop }: SampleRequest) {
  const rooms = room === undefined ? ROOMS : [room];
  const copies = await createInstrumentedCopies(root, rooms, platforms);
  try {
    const reportProgress = (line: string): void => void process.stderr.write(`${line}\n`);
    reportProgress(`${copies.mutants.length} mutants in ${rooms.join(', ')}`);
    const selected = ranked(copies.mutants, count, seed);
    const file = path === undefined ? undefined : openResultFile(path, copies.mutants, selected);
    const earlier = file?.earlier ?? [];
    const known = new Set(earlier.map(({ mutant }) => mutant.id));
    const left = selected.filter(({ id }) => !known.has(id));
    if (left.length === 0) return earlier;
    const run = { copies, census: readCensus(root), runClaims, stop, reportProgress };
    const reach = await measureReach(run);
    const results: MutantResult[] = [];
    for (let start = 0; start < left.length; start += PORTION) {
      const portion = left.slice(start, start + PORTION);
      results.push(...(await runMutants(run, reach, portion, (result) => file?.append(result))));
      reportProgress(`${results.length} of ${left.length} mutants have a result`);
    }
    return [...earlier, ...results];
  } finally {
    copies.remove();
  }
}

const formatReport = (results: readonly MutantResult[]): string =>
  [
    formatRooms(results),
    '',
    formatClaims(results),
    '',
    ...formatMutantSurvivors(results),
    formatMutantSummary(results),
  ].join('\n');
