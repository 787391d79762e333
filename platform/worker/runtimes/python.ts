import { join } from 'node:path';
import { ask, find, once, type Interpreter } from './interpreter';
import { isFile, packFile } from './pack-file';
import { NotRunnable, type Runtime } from './runtime';

const WHO = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';

/** The interpreter behind the name: what a search path holds may be a shim that costs 50 ms at each start. */
const interpreter = once(async (): Promise<Interpreter | null> => {
  const name = await find(['python3', 'python']);
  const [path, version] = (name === null ? null : await ask(name, ['-c', WHO]))?.split('\n') ?? [];
  return path && version ? { path, version } : null;
});

/**
 * Python files of packs, with the pack's `lib/` first on the module path. The environment is the interpreter's own: what
 * a `requirements.txt` names is not installed, an action that needs it fails by itself, and its log says why.
 */
export const python: Runtime = {
  name: 'python',
  extensions: ['.py'],
  version: async () => (await interpreter())?.version ?? null,
  plan: async ({ attempt, note }) => {
    const found = await interpreter();
    if (found === null) throw new NotRunnable(`python3 is not available: looked in PATH ${process.env.PATH ?? ''}`);
    const file = await packFile(attempt);
    const requirements = join(attempt.packDirectory ?? '', 'requirements.txt');
    if (await isFile(requirements)) {
      await note('WARNING', { code: 'ENVIRONMENT_MISSING', requirements, interpreter: found.path });
    }
    return {
      kind: 'program',
      command: found.path,
      // Unbuffered: what a stopped program had printed must not die with it.
      args: ['-u', file],
      variables: {
        // No compiled modules in the pack: it may be read-only. The library's own are there and are used.
        set: { PYTHONDONTWRITEBYTECODE: '1' },
        prepend: { PYTHONPATH: join(attempt.packDirectory ?? '', 'lib') },
      },
      input: 'parameters',
    };
  },
};
