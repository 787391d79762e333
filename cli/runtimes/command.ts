import type { Command } from 'commander';
import { examples } from '../examples';
import type { JsonFlag } from './check';
import type { ListFlags } from './list';

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

/** Help texts below the options of `runtimes` and its commands. */
const RUNTIMES_HELP = {
  all: examples([
    ['npx tuningfork runtimes list', 'print the runtimes, and their versions on this host'],
    ['npx tuningfork runtimes check', 'exit 2 where a list of runtimes differs from the manifest'],
    ['npx tuningfork runtimes write', 'write the generated lists'],
  ]),

  list: `${examples([
    ['npx tuningfork runtimes list', 'one line for each runtime'],
    ['npx tuningfork runtimes list --data ./data', 'whether packages are installed there: warm, else cold'],
    ['npx tuningfork runtimes list --json', 'print {"runtimes": […]}'],
  ])}

A line has the name, the kind, the version that is installed on this host, the state of the environments, and the
templates.

Exit codes: 0 printed, whatever is installed; 2 an option is invalid.`,

  check: `${examples([
    ['npx tuningfork runtimes check', 'print the number of runtimes and places'],
    ['npx tuningfork runtimes check --json', 'print {"places", "drift"}; drift has {"runtime", "place", "is"}'],
  ])}

Exit codes: 0 every place is as the manifest; 2 RUNTIME_REGISTRY_DRIFT, with a line for each runtime that a place
lacks, or has beyond the manifest.`,

  write: `${examples([
    ['npx tuningfork runtimes write', 'write packs/core/runtimes and the table of docs/workers.md'],
    ['npx tuningfork runtimes write --json', 'print {"written", "removed"}: the files that were not as generated'],
  ])}

Exit codes: 0 written, or up to date; 1 a file cannot be written.`,
} as const;
