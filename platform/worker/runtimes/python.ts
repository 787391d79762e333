import { join } from 'node:path';
import { pythonEnvironment } from '../environments/pack-environments';
import { captureDescription, findExecutable, memoized, missingInterpreter, type Interpreter } from './interpreter';
import { resolvePackFile } from './pack-file';
import { runsPackageCodeAtStart } from './python-start';
import { pythonImportFailure } from './import-failure';
import type { ProgramRuntime } from './runtime';

const PRINT_INTERPRETER = 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])';

/**
 * The interpreter itself: the program on the search path may be a shim that adds 50 ms per start.
 */
export const findPython = memoized(async (): Promise<Interpreter | null> => {
  const name = await findExecutable(['python3', 'python']);
  const [path, version] =
    (name === null ? null : await captureDescription(name, ['-c', PRINT_INTERPRETER]))?.split('\n') ?? [];
  return path && version ? { path, version } : null;
});

/**
 * Python files of packs, run by the interpreter of the pack's own environment, with its `lib/`
 * first on the module path.
 */
export const pythonRuntime: ProgramRuntime = {
  name: 'python',
  detectVersion: async () => (await findPython())?.version ?? null,
  plan: async (preparation) => {
    const { attempt, appendLog } = preparation;
    const interpreter = await findPython();
    if (interpreter === null) throw missingInterpreter('python3');
    const file = await resolvePackFile(attempt);
    const packPython = await pythonEnvironment(preparation, attempt.packDirectory ?? '', interpreter);
    if (packPython === null) await appendLog('WARNING', { code: 'ENVIRONMENT_MISSING', interpreter: interpreter.path });
    const library = join(attempt.packDirectory ?? '', 'lib');
    const canWait = packPython !== null && !runsPackageCodeAtStart(packPython, library);
    return {
      kind: 'program',
      command: packPython ?? interpreter.path,
      // Unbuffered: the output of a stopped program must not be lost.
      args: ['-u', file],
      variables: {
        // No compiled modules in the pack, which may be read-only. The library's own are used.
        set: { PYTHONDONTWRITEBYTECODE: '1', PYTHONNOUSERSITE: '1' },
        prepend: { PYTHONPATH: library },
      },
      input: 'parameters',
      findImportFailure: pythonImportFailure(attempt.entrypoint),
      ...(canWait && { interpreter: { optionCount: 1, waiter: 'wait.py' } }),
    };
  },
};
