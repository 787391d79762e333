import type { Command } from 'commander';
import { SANDBOX_HELP } from './help';
import { addCron } from './cron-command';
import type { EjectedProject } from './eject';
import type { RunFlags } from './execute-run';
import type { OnHostFlags } from './on-host';

/** Adds `sandbox` and its commands. Each is imported when it runs. */
export function addSandbox(tuningfork: Command, root: string, version: string): void {
  const sandbox = tuningfork
    .command('sandbox')
    .description('test a repository that has an e2e folder, in a copy with a stack of its own')
    .addHelpText('after', SANDBOX_HELP.sandbox);
  sandbox
    .command('run')
    .description('provision a copy, start its stack, run its test command, and remove all of it')
    .argument('[repository]', 'a directory with e2e/e2e.yml', '.')
    .option('--host <destination>', 'run it on a host of the ssh client (default: SANDBOX_HOST, else this host)')
    .option('--keep', 'keep the copy and its stack, and print how to remove them')
    .option('--hub <url>', 'where the report is posted (default: HUB_URL)')
    .option('--only-health', 'end once every health check is ready, without the test command')
    .option('--json', 'print the report as one line of JSON; the output of the test command goes to its files only')
    .addHelpText('after', SANDBOX_HELP.run)
    .action(async (repository: string, flags: RunFlags) => (await import('./run')).sandboxRun(repository, flags));
  sandbox
    .command('up')
    .description('provision a copy and start its stack, without the test command, and keep both')
    .argument('[repository]', 'a directory with e2e/e2e.yml', '.')
    .option('--host <destination>', 'start it on a host of the ssh client (default: SANDBOX_HOST, else this host)')
    .option('--json', 'print the report as one line of JSON')
    .addHelpText('after', SANDBOX_HELP.up)
    .action(async (repository: string, flags: Pick<RunFlags, 'host' | 'json'>) =>
      (await import('./run')).sandboxRun(repository, { ...flags, keep: true, onlyHealth: true }),
    );
  sandbox
    .command('doctor')
    .description('check a host for stacks, and run a trial stack on it')
    .option('--host <destination>', 'which host of the ssh client (default: SANDBOX_HOST, else this host)')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.doctor)
    .action(async (flags: { host?: string; json?: true }) => (await import('./doctor')).sandboxDoctor(flags));
  addOnHost(sandbox, { root, version });
  addCron(sandbox);
  addRemaining(sandbox);
}

/** The commands for runs without a workstation. */
function addOnHost(sandbox: Command, project: EjectedProject): void {
  sandbox
    .command('on-host')
    .description('bring a repository of this host to its newest commit, and run it here')
    .argument('[repository]', 'a clone whose branch has an upstream', '.')
    .option('--hub <url>', 'where the report is posted (default: HUB_URL)')
    .option('--json', 'print the report as one line of JSON')
    .addHelpText('after', SANDBOX_HELP.onHost)
    .action(async (repository: string, flags: OnHostFlags) =>
      (await import('./on-host')).sandboxOnHost(repository, flags),
    );
  sandbox
    .command('eject')
    .description('write the program that does the same without this project into a repository')
    .argument('[repository]', 'a directory with e2e/e2e.yml', '.')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.eject)
    .action(async (repository: string, flags: { json?: true }) =>
      (await import('./eject')).sandboxEject(repository, flags, project),
    );
}

/** The commands about what runs have on their hosts. */
function addRemaining(sandbox: Command): void {
  sandbox
    .command('list')
    .description('print the runs that have something on their hosts')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.list)
    .action(async (flags: { json?: true }) => (await import('./list')).sandboxList(flags));
  sandbox
    .command('down')
    .description('remove what a run has kept or left')
    .argument('<run>', 'id of a run, as list prints it')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.down)
    .action(async (id: string, flags: { json?: true }) => (await import('./down')).sandboxDown(id, flags));
  sandbox
    .command('sweep')
    .description('remove what runs have left whose runner was killed')
    .option('--json', 'print one JSON document')
    .addHelpText('after', SANDBOX_HELP.sweep)
    .action(async (flags: { json?: true }) => (await import('./down')).sandboxSweep(flags));
}
