import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RuntimeEntry } from '../../../contract/runtime-manifest';
import { environmentsDirectory } from '../../base/directories';
import { captureDescription, findExecutable, memoized, missingInterpreter, type Interpreter } from './interpreter';
import { resolvePackFile } from './pack-file';
import type { ProgramRuntime } from './runtime';

const VERSION_PATTERN = /\d+\.\d+(\.\d+)?/;

/** A runtime that needs only its interpreter: no environment, no packages. */
export function interpretedRuntime({ name, interpreter }: RuntimeEntry): ProgramRuntime {
  const { args, cache_variable: cacheVariable } = interpreter;
  const findOnce = memoized(() => findInterpreter(interpreter));
  return {
    name,
    detectVersion: async () => (await findOnce())?.version ?? null,
    plan: async ({ attempt, workerContext }) => {
      const found = await findOnce();
      if (found === null) throw missingInterpreter(name);
      const file = await resolvePackFile(attempt);
      const cacheVariables =
        cacheVariable === undefined
          ? {}
          : { [cacheVariable]: join(environmentsDirectory(workerContext, attempt), `.${name}`) };
      return {
        kind: 'program',
        command: found.path,
        args: [...args, file],
        variables: { set: cacheVariables },
        input: 'parameters',
      };
    },
  };
}

async function findInterpreter({
  binary,
  version_args: versionArgs = [],
  version_file: versionFile,
}: RuntimeEntry['interpreter']): Promise<Interpreter | null> {
  const path = await findExecutable([binary]);
  if (path === null) return null;
  const versionText =
    (versionFile && (await readVersionFile(path, versionFile))) ?? (await captureDescription(path, versionArgs));
  const version = VERSION_PATTERN.exec(versionText ?? '')?.[0];
  return version === undefined ? null : { path, version: /\..*\./.test(version) ? version : `${version}.0` };
}

/** `<home>/bin/java` → contents of `<home>/release`; null where there is none. */
async function readVersionFile(path: string, name: string): Promise<string | null> {
  const home = dirname(dirname(await realpath(path)));
  return readFile(join(home, name), 'utf8').catch(() => null);
}
