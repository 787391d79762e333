import { Option, type Command } from 'commander';
import { ROOMS } from '../../tools/detection/mutants/mutant';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { wholeNumber } from '../settings/whole-number';
import type { MutateFlags } from './mutate';

const HELP = `${examples([
  ['npx tuningfork mutate', 'twenty mutants, selected by the date'],
  ['npx tuningfork mutate --room store --sample 100 --seed 7', 'a hundred of platform/store, selected by the seed'],
  ['npx tuningfork mutate --sample 100 --platforms 2', 'two at the same time, each with a platform of its own'],
  ['npx tuningfork mutate --sample 600 --seed 7 --results mutants.jsonl', 'again after Ctrl-C: go on where it ended'],
  ['npx tuningfork mutate --json', 'print JSON'],
])}

Exit codes: 0 whatever survives: a survivor is a missing claim, or a mutant that changes nothing; 2 an option is
invalid; 3 another run uses the copy. See docs/detection.md.`;

/** `tuningfork mutate`. */
export function addMutate(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('mutate')
    .description('switch mutants of the platform on, and show which no claim detects')
    .addOption(new Option('--room <room>', 'mutate this folder of platform/ only').choices(ROOMS))
    .option('--sample <number>', 'select so many of them at random', wholeNumber(100_000, 1), 20)
    .option('--platforms <number>', 'run so many mutants at the same time', wholeNumber(64, 1), 1)
    .option('--seed <text>', 'select the same sample again (default: the date)')
    .option('--results <file>', 'append each result to this file, and run only what it does not contain')
    .option('--json', 'print one JSON document instead of the table')
    .addHelpText('after', HELP)
    .action(async (options: MutateFlags) => {
      const { mutate } = await import('./mutate');
      await mutate(options, root);
    });
}
