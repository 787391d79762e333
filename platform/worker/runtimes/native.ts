import { access, constants } from 'node:fs/promises';
import { builtIn } from './built-in';
import { httpRequest } from './http-request';
import { packFile } from './pack-file';
import { NotRunnable, type Runtime } from './runtime';

export const BUILT_IN = 'builtin:';
const HTTP_REQUEST = 'builtin:http_request';

/** Executable files of packs, and the actions that the worker performs itself: `builtin:<name>`. */
export const native: Runtime = {
  name: 'native',
  extensions: [],
  version: () => Promise.resolve(process.version.slice(1)),
  plan: async ({ attempt, surroundings }) => {
    if (attempt.entrypoint === HTTP_REQUEST) return httpRequest(surroundings);
    if (attempt.entrypoint.startsWith(BUILT_IN)) {
      return builtIn(attempt.entrypoint.slice(BUILT_IN.length), attempt.parameters);
    }
    const path = await packFile(attempt);
    const may = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!may) throw new NotRunnable(`${path} is not executable: chmod +x`);
    return { kind: 'program', command: path, args: [], variables: {}, input: 'parameters' };
  },
};
