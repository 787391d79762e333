import { Option, type Command } from 'commander';
import { durationArgument } from '../clock/clock-arguments';
import { usageError } from '../failures';
import { HELP } from '../help';
import type { VerifyChangedFlags } from './changed/verify-changed';
import type { VerifyFlags } from './verify';

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
    .addHelpText('after', HELP.verify)
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
