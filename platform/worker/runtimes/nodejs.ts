import { relative, join } from 'node:path';
import { nodeEnvironment } from '../environments/pack-environments';
import { nodeImportFailure } from './import-failure';
import { resolvePackFile } from './pack-file';
import { NotRunnable, type ProgramRuntime } from './runtime';

/**
 * Node files of packs, run by the worker's own Node with only the modules of the pack's
 * environment.
 */
export const nodejsRuntime: ProgramRuntime = {
  name: 'nodejs',
  detectVersion: () => Promise.resolve(process.version.slice(1)),
  plan: async (preparation) => {
    const file = await resolvePackFile(preparation.attempt);
    const { packDirectory: directory } = preparation.attempt;
    if (directory === null) throw new NotRunnable(`pack "${preparation.attempt.packRef}" has no files`);
    const { nodeModules, packDirectory } = await nodeEnvironment(preparation, directory);
    return {
      kind: 'program',
      command: process.execPath,
      args: ['--preserve-symlinks', '--preserve-symlinks-main', join(packDirectory, relative(directory, file))],
      variables: { prepend: { NODE_PATH: nodeModules } },
      input: 'parameters',
      findImportFailure: nodeImportFailure(preparation.attempt.entrypoint),
      interpreter: { optionCount: 2, waiter: 'wait.js' },
    };
  },
};
