import { packFile } from './pack-file';
import type { Runtime } from './runtime';

export const nodejs: Runtime = {
  name: 'nodejs',
  extensions: ['.js', '.mjs', '.cjs'],
  version: () => Promise.resolve(process.version.slice(1)),
  plan: async ({ attempt }) => {
    const file = await packFile(attempt);
    return { kind: 'program', command: process.execPath, args: [file], variables: {}, input: 'parameters' };
  },
};
