import { Option, type Command } from 'commander';
import { usageError } from '../failures';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { wholeNumber } from '../settings/whole-number';
import type { DetectFlags } from './detect';
import type { BlindFlags } from './detect-blind';
import { parseShard } from './parse-shard';

const HELP = `${examples([
  ['npx tuningfork detect', 'apply every fault, and run a null and a frozen platform'],
  ['npx tuningfork detect S12a F101', 'apply these two'],
  ['npx tuningfork detect --sample 10 --seed 2026-11-21', 'apply ten, selected by the seed'],
  ['npx tuningfork detect --shard 3/31', 'one of 31 parts, which together are all faults'],
  ['npx tuningfork detect --platforms 1', 'one fault at a time, for a host with other work'],
  ['npx tuningfork detect S12a --all-claims --json', 'run all tiers, and print JSON'],
  ['npx jest tests/e2e && npx tuningfork detect --without-control --sample 10', 'the claims have just been run'],
  ['.ci/run && npx tuningfork detect --shard 3/31 --beside-gate', 'the gate has just run its claims'],
  ['npx tuningfork detect --control-only --shard 2/7', 'one of 7 parts of the claims, without a fault'],
  ['npx tuningfork detect --blind 20', 'ask for new faults: twenty random edits, and twenty pairs of them'],
  ['npx tuningfork detect --blind 20 --seed 7 --room store', 'the same, of platform/store, selected by the seed'],
  ['npx tuningfork detect --blind 50 --seed 7 --results new.jsonl', 'again after Ctrl-C: go on where it ended'],
  ['npx tuningfork detect --find', 'where the sources of faults are that a refactoring has moved'],
  ['npx tuningfork detect --find F101 --write', 'change the entry of this one in the catalogue'],
])}

The control runs the claims of the faults without a fault. Without it, a claim that fails anyway counts as detected: its
caller must have run the claims on the same sources, all green.

A claim that did not fail is a gap: "not noticed", the changed code ran during the claim; "not reached", it did not.

--blind makes its faults from the syntax trees of platform/, and runs the claims of all tiers that reach them.

--find runs nothing. It searches all sources for the part of each fault that no longer applies: first the same tokens, then
similar ones in the named function.

Exit codes: 0 every claim that a fault names failed because of it (--control-only: the claims are green; --find: every
fault applies, or its entry is written; --blind: no fault was reached and not noticed); 1 any other result; 2 an option
is invalid, or there is no such fault; 3 another run uses the copy. See docs/detection.md.`;

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
    .addHelpText('after', HELP)
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
