import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { wholeNumber } from '../settings/whole-number';
import type { BurnInFlags } from './burn-in';

const DEFAULT_TIMES = 10;

/** Adds `burn-in`. What it runs is imported when it runs. */
export function addBurnIn(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('burn-in')
    .description('run new and changed test files many times, half of them with every core busy')
    .argument('[jestArguments...]', 'names of test files, and other arguments of Jest')
    .allowUnknownOption()
    .option('--changed', 'run the test files that differ from the base, and new ones')
    .option('--base <revision>', 'what --changed compares the files with (default: HEAD)')
    .option('--times <number>', 'number of runs', wholeNumber(10_000, 2), DEFAULT_TIMES)
    .option('--json', 'print one JSON document, with all tests, instead of the text')
    .addHelpText('after', HELP)
    .action(async (args: string[], flags: BurnInFlags) => {
      const { burnIn } = await import('./burn-in');
      await burnIn(args, flags, root);
    });
}

const HELP = `${examples([
  ['npx tuningfork burn-in tests/unit/base', 'run these files ten times'],
  ['npx tuningfork burn-in t2-08 -t T2.8b', 'run one claim ten times'],
  ['npx tuningfork burn-in --changed --base main', 'run the test files that this branch adds or changes'],
  ['npx tuningfork burn-in t2-08 --times 50 --json', 'run a file fifty times, and print JSON'],
])}

Every second run has one process for each core that uses all of its time. No test gets a second attempt: a test that
fails once has failed. The output of each run is in results/burn-in until the next burn-in.

Exit codes: 0 no run failed, or no test file has changed; 1 a run failed; 2 no test file is named or matches; 3 Jest is
not installed.`;
