import type { Command } from 'commander';
import { HELP } from '../help';
import { wholeNumber } from '../settings/whole-number';
import type { ReplayFlags } from './replay';

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
    .addHelpText('after', HELP.replay)
    .action(async (execution: number, options: ReplayFlags) => {
      const { replay } = await import('./replay');
      await replay(execution, options);
    });
}
