import { readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RuntimeEntry } from '../../../contract/runtime-manifest';
import { captureDescription, findExecutable, memoized, missingInterpreter, type Interpreter } from './interpreter';
import { resolvePackFile } from './pack-file';
import type { Preparation, ProgramPlan, ProgramRuntime } from './runtime';

const VERSION_PATTERN = /\d+\.\d+(\.\d+)?/;

interface InterpretedRuntime extends ProgramRuntime {
  plan(preparation: Preparation): Promise<ProgramPlan>;
}

/** A runtime that needs only its interpreter: no environment, no packages. */
export function interpretedRuntime({ name, interpreter }: RuntimeEntry): InterpretedRuntime {
  const findOnce = memoized(() => findInterpreter(interpreter));
  return {
    name,
    detectVersion: async () => (await findOnce())?.version ?? null,
    plan: async ({ attempt }) => {
      const found = await findOnce();
      if (found === null) throw missingInterpreter(name);
      const file = await resolvePackFile(attempt);
      return {
        kind: 'program',
        command: found.path,
        args: [...interpreter.args, file],
        variables: {},
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
