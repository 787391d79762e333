import type { Command } from 'commander';
import type { JsonFlag } from './check';
import type { ListFlags } from './list';
import { RUNTIMES_HELP } from './runtimes-help';

/** `tuningfork runtimes …`. */
export function addRuntimes(tuningfork: Command, root: string): void {
  const runtimes = tuningfork
    .command('runtimes')
    .description('list the runtimes, and compare the places that have their names')
    .addHelpText('after', RUNTIMES_HELP.all);
  runtimes
    .command('list')
    .description('print the runtimes, and what this host has of them')
    .option('--data <dir>', 'print too whether this directory of `tuningfork up` has environments of them')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', RUNTIMES_HELP.list)
    .action(async (options: ListFlags) => {
      const { listRuntimes } = await import('./list');
      await listRuntimes(options);
    });
  runtimes
    .command('check')
    .description('compare every place with the manifest; exit 2 where one differs')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', RUNTIMES_HELP.check)
    .action(async (options: JsonFlag) => {
      const { checkRuntimes } = await import('./check');
      checkRuntimes(root, options);
    });
  runtimes
    .command('write')
    .description('write what is generated from the manifest')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', RUNTIMES_HELP.write)
    .action(async (options: JsonFlag) => {
      const { writeRuntimes } = await import('./write');
      writeRuntimes(root, options);
    });
}
