import { operatorSource } from '../../tools/detection/mutants/operator-source';
import { roomOf, ROOMS, type Room } from '../../tools/detection/mutants/mutant';
import type { MutantResult } from '../../tools/detection/mutants/mutant-run';
import {
  formatClaims,
  formatMutantCounts,
  formatMutantSummary,
  formatMutantSurvivors,
} from '../../tools/detection/mutants/report';
import { ranked } from '../../tools/detection/sample';
import { runSampleCommand } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface MutateFlags {
  readonly room?: Room;
  readonly sample: number;
  readonly platforms: number;
  readonly seed?: string;
  readonly results?: string;
  readonly json?: true;
}

/** Switches mutants on, and prints which no claim catches. Ctrl-C stops it. */
export async function mutate(flags: MutateFlags, root: string): Promise<void> {
  const { room, sample: count, platforms } = flags;
  const command = ['mutate', ...(room === undefined ? [] : [`--room ${room}`]), `--sample ${count}`];
  await runSampleCommand({
    command,
    root,
    flags,
    platforms,
    format: formatReport,
    sampleOf: (seed) => ({
      source: operatorSource(room === undefined ? ROOMS : [room]),
      select: (mutants) => ranked(mutants, count, seed),
    }),
  });
}

const formatReport = (results: readonly MutantResult[]): string =>
  [
    formatMutantCounts('room', results, roomOf),
    '',
    formatClaims(results),
    '',
    ...formatMutantSurvivors(results),
    formatMutantSummary(results),
  ].join('\n');
