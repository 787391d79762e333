import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import type { HistoryFlags } from './check-history';

/** Adds `check-history`. What it runs is imported when it runs. */
export function addCheckHistory(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('check-history')
    .description('check the types, the tests and the subject of each commit since a revision')
    .argument('<base>', 'the revision before the first commit')
    .option('--integration', 'run the integration tests that depend on a commit, too')
    .option('--json', 'print one JSON document instead of the lines')
    .addHelpText('after', HELP)
    .action(async (base: string, flags: HistoryFlags) => {
      const { checkHistory } = await import('./check-history');
      await checkHistory(base, flags, root);
    });
}

const HELP = `${examples([
  ['npx tuningfork check-history main', 'each commit of this branch, the oldest first'],
  ['npx tuningfork check-history HEAD~3 --integration', 'the last three, with their integration tests'],
  ['npx tuningfork check-history main --json', 'print JSON'],
])}

Each commit is checked out beside the clone, without what is not committed. Its types are checked; then the unit tests
run that depend on its files, by the rule of \`tuningfork test --changed\`. Its subject must have the form \`area:
imperative\`, and 60 characters at most. Packages are those of the clone, or of npm ci where the lock file differs.

Exit codes: 0 no commit failed; 1 one did; 2 there is no such revision, or no repository.`;
