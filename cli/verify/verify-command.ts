import { Option, type Command } from 'commander';
import { durationArgument } from '../clock/clock-arguments';
import { usageError } from '../failures';
import { examples } from '../examples';
import type { VerifyChangedFlags } from './changed/verify-changed';
import type { VerifyFlags } from './verify';

const HELP = `${examples([
  ['npx tuningfork verify examples/greeting/workflows/greet.yaml', 'on a platform that is started for it'],
  ['npx tuningfork verify flow.yaml --inputs in.json --expect out.json', 'with other files'],
  ['npx tuningfork verify flow.yaml --receipt receipt.json', 'keep what was proven'],
  ['npx tuningfork verify flow.yaml --target http://127.0.0.1:8080', 'on a platform that runs'],
  ['npx tuningfork verify flow.yaml --pass 72h', 'with three days of the platform clock, in a second'],
  ['npx tuningfork verify flow.yaml --keep', 'look at the run afterwards'],
  ['npx tuningfork verify flow.yaml --no-expect', 'run it without an expectation, which proves nothing'],
  ['npx tuningfork verify --changed', 'prove what differs from HEAD below this directory'],
  ['npx tuningfork verify packs --changed --base main --json', 'the same for a branch, below packs/'],
])}

It uploads the pack of the file, compiles the workflow, runs it, and compares every value of its output. The receipt is
one line of JSON; the steps go to stderr. --changed verifies every workflow with an expectation that a change concerns:
its own files, and those of the actions that it names. A platform is named as for \`tuningfork run\`.

With --pass, or an expectation in YAML that has \`after\`, the clock of the tenant stands still at the start, and is moved
through everything that is due: 3h, 1h30m, 3d, or PT72H. The platform needs virtual time (up --virtual-time); one that is
started for it has it. Afterwards the clock runs on from where it is. See docs/time.md.

Exit codes: 0 proven; 1 not as expected, or not completed; 2 a file, a repository or a revision is missing, and nothing
was started; 3 no platform; 5 nothing was expected, no task ran, no transition leads to a task, or no workflow concerns a
file that has changed.`;

/** Adds `verify`. What it runs is imported when it runs. */
export function addVerify(tuningfork: Command): void {
  tuningfork
    .command('verify')
    .description('prove on a running platform that a workflow returns what it must')
    .argument('[path]', 'the file of the workflow, in its pack; with --changed: a directory with packs (default: ".")')
    .option('--inputs <file>', 'JSON file with {data, variables} (default: verify/<name>.inputs.json of the pack)')
    .option(
      '--expect <file>',
      'JSON file with the output, or YAML file with a list (default: verify/<name>.expect.json, or .expect.yaml)',
    )
    .option('--no-expect', 'expect nothing; exit 5, because nothing is proven')
    .option('--pass <duration>', 'move the clock by 72h, for example, with what is due in between', durationArgument)
    .option('--receipt <file>', 'write the receipt to this file too')
    .option('--target <url>', 'verify it on the platform at this address')
    .option('--keep', 'let the platform run afterwards, until Ctrl-C')
    .addOption(
      new Option('--changed', 'verify every workflow that a change in git concerns').conflicts([
        'inputs',
        'expect',
        'keep',
        'pass',
      ]),
    )
    .option('--base <revision>', 'what --changed compares the files with (default: HEAD)')
    .option('--allow-skipped', 'upload a pack also where an invalid file removes an installed action or workflow')
    .option('--json', 'print the receipt only')
    .addHelpText('after', HELP)
    .action(async (path: string | undefined, options: VerifyFlags & VerifyChangedFlags & { changed?: true }) => {
      if (options.changed) {
        const { verifyChanged } = await import('./changed/verify-changed');
        return verifyChanged(path ?? '.', options);
      }
      if (path === undefined || options.base !== undefined)
        throw usageError('give the file of a workflow, or --changed with or without --base');
      const { verify } = await import('./verify');
      await verify(path, options);
    });
}
