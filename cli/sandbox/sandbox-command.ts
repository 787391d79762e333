import type { Command } from 'commander';
import { HELP } from '../help';
import type { SandboxRunFlags } from './run';

/** Adds `sandbox` and its commands. Each is imported when it runs. */
export function addSandbox(tuningfork: Command): void {
  const sandbox = tuningfork
    .command('sandbox')
    .description('test a repository that has an e2e folder, in a copy with a stack of its own')
    .addHelpText('after', HELP.sandbox);
  sandbox
    .command('run')
    .description('provision a copy, start its stack, run its test command, and remove all of it')
    .argument('[repository]', 'a directory with e2e/e2e.yml', '.')
    .option('--host <destination>', 'run it on a host of the ssh client (default: SANDBOX_HOST, else this host)')
    .option('--keep', 'keep the copy and its stack, and print how to remove them')
    .option('--only-health', 'end once every health check is ready, without the test command')
    .option('--json', 'print the report as one line of JSON; the output of the test command goes to its files only')
    .addHelpText('after', HELP.sandboxRun)
    .action(async (repository: string, flags: SandboxRunFlags) =>
      (await import('./run')).sandboxRun(repository, flags),
    );
  sandbox
    .command('list')
    .description('print the runs that have something on their hosts')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.sandboxList)
    .action(async (flags: { json?: true }) => (await import('./list')).sandboxList(flags));
  sandbox
    .command('down')
    .description('remove what a run has kept or left')
    .argument('<run>', 'id of a run, as list prints it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.sandboxDown)
    .action(async (id: string, flags: { json?: true }) => (await import('./down')).sandboxDown(id, flags));
  sandbox
    .command('sweep')
    .description('remove what runs have left whose runner was killed')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP.sandboxSweep)
    .action(async (flags: { json?: true }) => (await import('./down')).sandboxSweep(flags));
}
