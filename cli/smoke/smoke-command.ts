import type { Command } from 'commander';
import { examples } from '../examples';
import type { LaunchOptions } from '../launch-options';
import type { SmokeFlags } from './smoke';

/** Adds `smoke`. What it runs is imported when it runs. */
export function addSmoke(tuningfork: Command, { root }: LaunchOptions): void {
  tuningfork
    .command('smoke')
    .description('prove that the package of this project works where it is installed')
    .argument('[tarball]', 'a package as `npm pack` writes it (default: this checkout, which is then packed)')
    .option('--json', 'print the receipt only')
    .addHelpText('after', HELP)
    .action(async (tarball: string | undefined, flags: SmokeFlags) => {
      const { smoke } = await import('./smoke');
      await smoke(tarball, flags, root);
    });
}

const HELP = `${examples([
  ['npx tuningfork smoke', 'pack this checkout, install the package, and prove the example on it'],
  ['npx tuningfork smoke tuningfork-0.1.0.tgz', 'the same with a package, whatever this checkout contains'],
  ['npx tuningfork smoke --json', 'print the receipt only'],
])}

It installs the package with npm in a temporary directory, starts the platform of that copy, proves the workflow
greeting.greet on it with the verify command of that copy, and removes the directory. The receipt is one line of JSON;
the steps go to stderr. A checkout with files that differ from its commit is no release, and is refused.

Exit codes: 0 proven; 1 a step failed; 2 SMOKE_NEEDS_RELEASE, or there is no such tarball, and nothing was made; 3 npm is
missing, or the registry does not respond.`;
