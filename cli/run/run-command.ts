import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import type { RunFlags } from './run';

const HELP = `${examples([
  ['npx tuningfork run demo.two_step', 'on a platform that is started for it, and keeps nothing'],
  [`npx tuningfork run core.echo --parameters '{"message": "hi"}'`, 'with parameters'],
  ['npx tuningfork run mypack.deploy --pack ./mypack', 'upload the pack first'],
  ['npx tuningfork run mypack.deploy --target http://127.0.0.1:8080', 'on a platform that runs'],
])}

The parameters are validated first. The result is {"status", "id", "output"}, with "failures" and "warnings" where
there are some; the log, and the inquiries that it waits for, go to stderr. After Ctrl-C, an execution on a named platform
goes on, and the last line has the request that cancels it.

A pack is not uploaded where an invalid file would remove an installed action or workflow, unless with --allow-skipped.
A platform is named by --target, PLATFORM_URL or PLATFORM_FILE, with TEST_USER_LOGIN and TEST_USER_PASSWORD; without
one, a platform is started with the PLATFORM_… settings of this environment, and the packs of this project can be run.

Exit codes: 0 completed; 1 any other end, or the platform rejects the request; 2 --parameters is no JSON object, or
--pack no pack; 3 no platform.`;

/** `tuningfork run`. */
export function addRun(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('run')
    .description('run an action or a workflow, and print its result')
    .argument('<ref>', 'the action or workflow: demo.two_step')
    .option('--parameters <json>', 'its parameters, as a JSON object')
    .option('--pack <dir>', 'upload this pack first, replacing what has its ref')
    .option('--allow-skipped', 'upload it also where an invalid file removes an installed action or workflow')
    .option('--target <url>', 'run it on the platform at this address')
    .option('--json', 'print no log')
    .addHelpText('after', HELP)
    .action(async (ref: string, options: RunFlags) => {
      const { run } = await import('./run');
      await run(ref, options, root);
    });
}
