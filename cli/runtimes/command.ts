import type { Command } from 'commander';
import { HELP } from '../help';
import type { JsonFlag } from './check';
import type { ListFlags } from './list';

/** `tuningfork runtimes …`. */
export function addRuntimes(tuningfork: Command, root: string): void {
  const runtimes = tuningfork
    .command('runtimes')
    .description('list the runtimes, and compare the places that have their names')
    .addHelpText('after', HELP.runtimes);
  runtimes
    .command('list')
    .description('print the runtimes, and what this host has of them')
    .option('--data <dir>', 'print too whether this directory of `tuningfork up` has environments of them')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP.runtimesList)
    .action(async (options: ListFlags) => {
      const { listRuntimes } = await import('./list');
      await listRuntimes(options);
    });
  runtimes
    .command('check')
    .description('compare every place with the manifest; exit 2 where one differs')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', HELP.runtimesCheck)
    .action(async (options: JsonFlag) => {
      const { checkRuntimes } = await import('./check');
      checkRuntimes(root, options);
    });
  runtimes
    .command('write')
    .description('write what is generated from the manifest')
    .addHelpText('after', HELP.runtimesWrite)
    .action(async () => {
      const { writeRuntimes } = await import('./write');
      writeRuntimes(root);
    });
}
