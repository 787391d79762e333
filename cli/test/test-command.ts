import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import { wholeNumber } from '../settings/whole-number';
import type { TestFlags } from './run-tests';

/** Adds `test` and `durations`. What they run is imported when they run. */
export function addTest(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('test')
    .description('run tests with Jest: what failed, what changed, until one fails, or at each change')
    .argument('[jestArguments...]', 'arguments of Jest: names of files, -t, -i, --shard and all others')
    .allowUnknownOption()
    .option('--failed', 'run only the tests that failed the last time they ran')
    .option('--changed', 'run only the test files that depend on changed files')
    .option('--base <revision>', 'what --changed compares the files with (default: HEAD)')
    .option('--gate', 'run only the test files of .ci/gate.yml, as npm test does; .ci/proof has the others')
    .option('--until-failure <number>', 'run up to so many times, until a run fails', wholeNumber(100_000, 1))
    .option('--watch', 'run again what depends on each change, on one platform, until Ctrl-C')
    .option('--json', 'print the report of Jest on stdout')
    .addHelpText('after', TEST_HELP)
    .action(async (args: string[], flags: TestFlags) => {
      const { runTests } = await import('./run-tests');
      await runTests(args, flags, root);
    });
  tuningfork
    .command('durations')
    .description('write tests/durations.json, which orders the test files and balances shards')
    .argument('[report...]', 'reports of `npx jest --json` (default: the last runs on this machine)')
    .addHelpText('after', DURATIONS_HELP)
    .action(async (reports: string[]) => {
      const { writeDurations } = await import('./durations');
      writeDurations(reports, root);
    });
}

const TEST_HELP = `${examples([
  ['npx tuningfork test t2-08', 'run one scenario file, as npx jest t2-08'],
  ['npx tuningfork test --failed', 'run what failed, until nothing does'],
  ['npx tuningfork test --changed', 'run what depends on files that differ from HEAD'],
  ['npx tuningfork test --changed --base main tests/unit', 'of that, the unit tests; compare with main'],
  ['npx tuningfork test --gate tests/integration', 'run the integration tests of the gate'],
  ['npx tuningfork test tests/unit/gate --until-failure 20', 'run up to twenty times'],
  ['npx tuningfork test t2-08 --watch', 'run it now, and again when something that it depends on changes'],
  ['npx tuningfork test --watch --changed', 'run now what has changed, and then what changes'],
])}

Jest gets all other arguments; names of files limit what the options select. On a terminal, one line shows how many files
are left, and for how long by their last durations. docs/contributing.md explains what counts as a dependency.

Exit codes: 0 all passed, or the options select nothing; 1 a test failed; 2 the command line is invalid; 3 the platform
could not be started or reached; 4 something was left behind; 5 nothing was proven, or not what the target declares.`;

const DURATIONS_HELP = `${examples([
  ['npx tuningfork durations', 'add what the last runs on this machine measured'],
  ['npx tuningfork durations report.json', 'add what a report of npx jest --json states'],
])}

A value changes only where the new one differs by a quarter; files that are gone leave the table.

Exit codes: 0 written; 2 a report cannot be read, or nothing was measured.`;
