import { relative, join } from 'node:path';
import { nodeEnvironment } from '../environments/pack-environments';
import { packFile } from './pack-file';
import { NotRunnable, type Runtime } from './runtime';

/** Node files of packs, run by the Node that runs the worker, with the modules of the pack's own environment only. */
export const nodejs: Runtime = {
  name: 'nodejs',
  extensions: ['.js', '.mjs', '.cjs'],
  version: () => Promise.resolve(process.version.slice(1)),
  plan: async (preparation) => {
    const file = await packFile(preparation.attempt);
    const { packDirectory: directory } = preparation.attempt;
    if (directory === null) throw new NotRunnable(`pack "${preparation.attempt.packRef}" has no files`);
    const { nodeModules, packDirectory } = await nodeEnvironment(preparation, directory);
    return {
      kind: 'program',
      command: process.execPath,
      args: ['--preserve-symlinks', '--preserve-symlinks-main', join(packDirectory, relative(directory, file))],
      variables: { prepend: { NODE_PATH: nodeModules } },
      input: 'parameters',
    };
  },
};
