import type { Command } from 'commander';
import { HELP } from './help';
import { wholeNumber } from './settings/whole-number';
import type { RerunFlags } from './rerun';

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
    .addHelpText('after', HELP.rerun)
    .action(async (execution: number, options: RerunFlags) => {
      const { rerun } = await import('./rerun');
      await rerun(execution, options);
    });
}
