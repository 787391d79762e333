import type { Command } from 'commander';
import { examples } from '../examples';
import { wholeNumber } from '../settings/whole-number';
import type { ReplayFlags } from './replay';

const HELP = `${examples([
  ['npx tuningfork replay 41', 'on the newest compiled revision of its workflow'],
  ['npx tuningfork replay 41 --revision 3 --json', 'on this revision, as one line of JSON'],
  ['npx tuningfork replay 41 --file flow.yaml --target http://127.0.0.1:8080', 'on a file, which is not stored'],
])}

The inputs and the recorded results of the steps are used again: no action runs, and nothing is stored. The first step
that differs is printed, with the expected and the actual value. Secrets are neither read nor compared. The platform is
named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 the same; 1 a step, or the result, differs; 2 there is no such execution or revision, the execution has
not ended by itself, or the file does not compile; 3 no platform responds; 5 because of secrets, no step was compared,
or not all.`;

/** Adds `replay`. What it runs is imported when it runs. */
export function addReplay(tuningfork: Command): void {
  tuningfork
    .command('replay')
    .description('compare a finished execution with what another version of its workflow would do')
    .argument('<execution>', 'id of an execution of a workflow that completed or failed', wholeNumber(999_999_999, 1))
    .option('--revision <number>', 'this revision (default: the newest that is compiled)', wholeNumber(999_999_999, 1))
    .option('--file <workflow>', 'the YAML file of a workflow, which is not stored')
    .option('--target <url>', 'the platform at this address')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (execution: number, options: ReplayFlags) => {
      const { replay } = await import('./replay');
      await replay(execution, options);
    });
}
