import { join } from 'node:path';
import { pythonEnvironment } from '../environments/pack-environments';
import { ask, find, once, type Interpreter } from './interpreter';
import { packFile } from './pack-file';
import { NotRunnable, type Runtime } from './runtime';

const WHO = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';

/** The interpreter behind the name: what a search path holds may be a shim that costs 50 ms at each start. */
export const pythonInterpreter = once(async (): Promise<Interpreter | null> => {
  const name = await find(['python3', 'python']);
  const [path, version] = (name === null ? null : await ask(name, ['-c', WHO]))?.split('\n') ?? [];
  return path && version ? { path, version } : null;
});

/** Python files of packs, run by the interpreter of the pack's own environment, with its `lib/` first on the module path. */
export const python: Runtime = {
  name: 'python',
  extensions: ['.py'],
  version: async () => (await pythonInterpreter())?.version ?? null,
  plan: async (preparation) => {
    const { attempt, note } = preparation;
    const found = await pythonInterpreter();
    if (found === null) throw new NotRunnable(`python3 is not available: looked in PATH ${process.env.PATH ?? ''}`);
    const file = await packFile(attempt);
    const own = await pythonEnvironment(preparation, attempt.packDirectory ?? '', found);
    if (own === null) await note('WARNING', { code: 'ENVIRONMENT_MISSING', interpreter: found.path });
    return {
      kind: 'program',
      command: own ?? found.path,
      // Unbuffered: what a stopped program had printed must not die with it.
      args: ['-u', file],
      variables: {
        // No compiled modules in the pack: it may be read-only. The library's own are there and are used.
        set: { PYTHONDONTWRITEBYTECODE: '1', PYTHONNOUSERSITE: '1' },
        prepend: { PYTHONPATH: join(attempt.packDirectory ?? '', 'lib') },
      },
      input: 'parameters',
    };
  },
};
