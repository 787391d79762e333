import type { Command } from 'commander';
import { examples } from '../examples';
import type { PackIndexFlags } from './index-pack';

const HELP = examples([
  ['npx tuningfork pack index ./mypack', 'write the index of a pack'],
  ['npx tuningfork pack index --help', 'print the options'],
]);

const INDEX_HELP = `${examples([
  ['npx tuningfork pack index', 'write the index of the pack in this directory'],
  ['npx tuningfork pack index ./mypack --check', 'exit 1 when its index is out of date'],
  ['npx tuningfork pack index ./mypack --json', 'print {"pack", "actions", "file", "changed"}'],
])}

The registration of a pack with an index is refused where an action differs from it (PACK_INDEX_DRIFT). Unchanged files
give an unchanged index.

Exit codes: 0 written, or up to date; 1 out of date (--check); 2 the directory is no pack.`;

/** `tuningfork pack index`. */
export function addPack(tuningfork: Command): void {
  const pack = tuningfork.command('pack').description('prepare a pack').addHelpText('after', HELP);
  pack
    .command('index')
    .description('write pack.index.json: entry, schemas and digest of each action')
    .argument('[dir]', 'directory of the pack', '.')
    .option('--check', 'write nothing; exit 1 when the file is out of date')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', INDEX_HELP)
    .action(async (directory: string, options: PackIndexFlags) => {
      const { indexPack } = await import('./index-pack');
      await indexPack(directory, options);
    });
}
