import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { blindSource } from '../../tools/detection/blind/blind-source';
import { kindOf, roomOf } from '../../tools/detection/mutants/mutant';
import type { MutantResult } from '../../tools/detection/mutants/mutant-run';
import {
  formatMutantCounts,
  formatMutantSummary,
  formatMutantSurvivors,
  formatResult,
} from '../../tools/detection/mutants/report';
import { usageError } from '../failures';
import { runSampleCommand } from './sampled-command';

/** Parsed options: those that were not given are absent. */
export interface BlindFlags {
  /** How many edits, and how many pairs. */
  readonly blind: number;
  readonly platforms?: number;
  readonly room?: string;
  readonly seed?: string;
  readonly results?: string;
  readonly json?: true;
}

/**
 * Switches on edits that a seed selects among all that the syntax trees of the platform allow, and
 * prints which no claim catches. Ctrl-C stops it.
 */
export async function detectBlind(flags: BlindFlags, root: string): Promise<void> {
  const { blind: count, platforms = 1, room } = flags;
  if (room !== undefined && (!/^[a-z]+$/.test(room) || !existsSync(join(root, 'platform', room))))
    throw usageError(`unknown room "${room}": use a folder of platform/`);
  const results = await runSampleCommand({
    command: ['detect', `--blind ${count}`, ...(room === undefined ? [] : [`--room ${room}`])],
    root,
    flags,
    platforms,
    format: formatReport,
    sampleOf: (seed) => ({ source: blindSource({ count, seed, room }), select: (mutants) => mutants }),
  });
  if (results.some(({ outcome }) => outcome === 'not noticed')) process.exitCode = EXIT_CODES.testFailed;
}

const formatReport = (results: readonly MutantResult[]): string =>
  [
    ...results.map(formatResult),
    '',
    formatMutantCounts('kind', results, kindOf),
    '',
    formatMutantCounts('room', results, roomOf),
    '',
    ...formatMutantSurvivors(results),
    formatMutantSummary(results),
  ].join('\n');
