import type { Command } from 'commander';
import { examples } from './examples';
import { wholeNumber } from './settings/whole-number';
import type { RerunFlags } from './rerun';

const HELP = `${examples([
  ['npx tuningfork rerun 41 --from deploy', 'take over what ended before the task, and print the id of the execution'],
  ['npx tuningfork rerun 41 --from deploy --wait --json', 'print its result as one line of JSON when it has ended'],
  [`npx tuningfork rerun 41 --from deploy --parameters '{"region": "eu"}'`, 'with other parameters'],
  ['npx tuningfork rerun 41 --from deploy --parameters @parameters.json', 'with those of a file'],
])}

A new execution of the workflow as execution 41 ran it: the tasks that ended before the given one, and those of other
branches, do not run again; what follows from it runs again (docs/rerun.md). The platform is named by --target,
PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD.

Exit codes: 0 started, and with --wait completed; 1 any other end; 2 there is no such execution or task, it has not
ended, its state is not known, or --parameters is no JSON object; 3 no platform responds.`;

/** Adds `rerun`. What it runs is imported when it runs. */
export function addRerun(tuningfork: Command): void {
  tuningfork
    .command('rerun')
    .description('run the workflow of an ended execution again from a task')
    .argument('<execution>', 'id of an execution of a workflow that has ended', wholeNumber(999_999_999, 1))
    .requiredOption('--from <task>', 'the task to start at; what ended before it is taken over')
    .option('--parameters <json>', 'in place of those of the execution; @file reads them from a file')
    .option('--wait', 'print the log, and the result when it has ended')
    .option('--target <url>', 'the platform at this address')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP)
    .action(async (execution: number, options: RerunFlags) => {
      const { rerun } = await import('./rerun');
      await rerun(execution, options);
    });
}
