import { readCensus } from '../../helpers/scenario/census';
import { createInstrumentedCopies } from '../../tests/detection/mutants/instrumented-copy';
import { ROOMS, type Room } from '../../tests/detection/mutants/mutant';
import { formatMutantSummary, formatMutantSurvivors, formatRooms } from '../../tests/detection/mutants/report';
import { measureReach, runMutants, type MutantResult } from '../../tests/detection/mutants/run-mutants';
import { sample } from '../../tests/detection/sample';
import { interruptible } from '../stop-cause';
import { announceSeed, asCommandError } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface MutateFlags {
  readonly room?: Room;
  readonly sample: number;
  readonly platforms: number;
  readonly seed?: string;
  readonly json?: true;
}

/** Switches mutants on, one at a time, and prints which no claim detects. Ctrl-C stops it. */
export async function mutate({ room, sample: count, platforms, seed, json }: MutateFlags, root: string): Promise<void> {
  const rooms = room === undefined ? ROOMS : [room];
  const selection = [...(room === undefined ? [] : [`--room ${room}`]), `--sample ${count}`];
  const usedSeed = announceSeed(seed, ['mutate', ...selection]);
  await interruptible(async (stop) => {
    const results = await runSample({ root, rooms, count, platforms, seed: usedSeed, stop }).catch(asCommandError);
    process.stdout.write(json ? `${JSON.stringify(results)}\n` : `${formatReport(results)}\n`);
  });
}

interface SampleRequest {
  readonly root: string;
  readonly rooms: readonly Room[];
  readonly count: number;
  readonly platforms: number;
  readonly seed: string;
  readonly stop: AbortSignal;
}

async function runSample(request: SampleRequest): Promise<MutantResult[]> {
  const { root, rooms, count, platforms, seed, stop } = request;
  const copies = await createInstrumentedCopies(root, rooms, platforms);
  try {
    const reportProgress = (line: string): void => void process.stderr.write(`${line}\n`);
    reportProgress(`${copies.mutants.length} mutants in ${rooms.join(', ')}`);
    const run = { copies, census: readCensus(root), stop, reportProgress };
    const reach = await measureReach(run);
    return await runMutants(run, reach, sample(copies.mutants, count, seed));
  } finally {
    copies.remove();
  }
}

const formatReport = (results: readonly MutantResult[]): string =>
  [formatRooms(results), '', ...formatMutantSurvivors(results), formatMutantSummary(results)].join('\n');
