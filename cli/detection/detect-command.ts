import { Option, type Command } from 'commander';
import { usageError } from '../failures';
import { HELP } from '../help';
import type { LaunchOptions } from '../launch-options';
import { wholeNumber } from '../settings/whole-number';
import type { DetectFlags } from './detect';
import type { BlindFlags } from './detect-blind';
import { parseShard } from './parse-shard';

/** Of `detect`: they select how faults run. */
const RUN_OPTIONS = [
  'sample',
  'seed',
  'shard',
  'platforms',
  'allClaims',
  'withoutControl',
  'besideGate',
  'controlOnly',
];

/** `tuningfork detect`. */
export function addDetect(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('detect')
    .description('break a copy of the platform, one fault at a time, and show which claims fail')
    .argument('[fault...]', 'ids of faults; all without an id')
    .option('--sample <number>', 'select so many of them at random', wholeNumber(10_000, 1))
    .option('--seed <text>', 'select the same sample again (default: the date)')
    .option('--shard <index/count>', 'one of so many parts of all faults: 3/31', parseShard)
    .option(
      '--platforms <number>',
      'run so many faults at the same time (default: one more than cores)',
      wholeNumber(64, 1),
    )
    .addOption(
      new Option('--blind <number>', 'ask for new faults: so many random edits, and as many pairs of them')
        .argParser(wholeNumber(1_000, 1))
        .conflicts(['sample', 'shard', 'allClaims', 'withoutControl', 'besideGate', 'controlOnly', 'find', 'write']),
    )
    .option('--room <folder>', 'with --blind, edit this folder of platform/ only')
    .option('--results <file>', 'with --blind, append each result to this file, and run only what it does not contain')
    .option('--all-claims', 'run all tiers for each fault, and not only the claims that it names')
    .addOption(
      new Option('--without-control', 'run no claim without a fault before: its caller has run them').conflicts([
        'besideGate',
        'controlOnly',
      ]),
    )
    .addOption(
      new Option('--beside-gate', 'the same, but for the claims that .ci/run does not run whole').conflicts(
        'controlOnly',
      ),
    )
    .option('--control-only', 'run the claims without a fault, and apply none; --shard selects files then')
    .addOption(
      new Option('--find', 'run nothing: find the sources of faults that no longer apply').conflicts(RUN_OPTIONS),
    )
    .option('--write', 'with --find, change the entries of those that are found in one place')
    .option('--json', 'print one JSON document instead of the table')
    .addHelpText('after', HELP.detect)
    .action(async (ids: string[], options: DetectFlags & Partial<BlindFlags>) => {
      if (isBlind(options)) {
        if (ids.length > 0) throw usageError('--blind makes its own faults: use it without ids');
        const { detectBlind } = await import('./detect-blind');
        return detectBlind(options, root);
      }
      if (options.room !== undefined || options.results !== undefined)
        throw usageError('--room and --results are options of --blind');
      const { detect } = await import('./detect');
      return detect(ids, options, root);
    });
}

const isBlind = (options: DetectFlags & Partial<BlindFlags>): options is DetectFlags & BlindFlags =>
  options.blind !== undefined;
