import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { CommandError } from '../failures';

/** The modules of the project. Paths are relative to its root. */
export interface ImportGraph {
  /** Paths of all test files. */
  readonly tests: readonly string[];
  /** The modules that import a module. */
  importersOf(module: string): readonly string[];
  /** The modules with a string that names a file: by its path, or by that from their folder. */
  modulesNaming(file: string): readonly string[];
}

/** Beside the tests: the program that they start, and what Jest loads for a run. */
const OTHER_ENTRIES = ['cli/entry.ts', 'helpers/jest/global-setup.ts', 'helpers/jest/global-teardown.ts'];

/**
 * Reads the imports of the files and of all that they import, without packages. `files`: of the
 * project. Throws CommandError, exit 1, for a module that cannot be read.
 */
export async function readImportGraph(root: string, files: readonly string[]): Promise<ImportGraph> {
  const tests = files.filter((file) => /^tests\/.*\.test\.ts$/.test(file) && existsSync(join(root, file)));
  const entries = [...tests, ...OTHER_ENTRIES.filter((file) => existsSync(join(root, file)))];
  const imports = await importsOf(root, entries);
  const importers = new Map<string, string[]>();
  for (const [module, imported] of imports)
    for (const path of imported) importers.set(path, [...(importers.get(path) ?? []), module]);
  const texts = [...imports.keys()].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
  return {
    tests,
    importersOf: (module) => importers.get(module) ?? [],
    modulesNaming: (file) =>
      texts.filter(({ path, text }) => namesOf(file, path).some((name) => text.includes(name))).map(({ path }) => path),
  };
}

/** How a module may name a file in its strings. */
function namesOf(file: string, module: string): string[] {
  const folder = module.slice(0, module.lastIndexOf('/') + 1);
  const isBelow = folder !== '' && file.startsWith(folder);
  return [file, ...(isBelow ? [file.slice(folder.length)] : [])].flatMap((path) => [
    ...[`'${path}'`, `"${path}"`, `'${path.split('/').join("', '")}'`],
    ...["'", '"', '`'].map((quote) => `/${path}${quote}`),
  ]);
}

/** The modules of the project that each module imports. */
async function importsOf(root: string, entries: readonly string[]): Promise<Map<string, string[]>> {
  const esbuild = await import('esbuild');
  const contents = entries.map((file) => `import ${JSON.stringify(`./${file}`)};`).join('\n');
  const build = esbuild.build({
    absWorkingDir: root,
    stdin: { contents, resolveDir: root, sourcefile: ENTRY },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const { metafile } = await build.catch((error: unknown) => {
    throw new CommandError(`IMPORTS_UNREADABLE: ${String(error)}`, EXIT_CODES.testFailed);
  });
  const inputs = Object.entries(metafile.inputs).filter(([path]) => path !== ENTRY);
  return new Map(
    inputs.map(([path, { imports }]) => [
      path,
      imports.filter(({ external }) => external !== true).map((each) => each.path),
    ]),
  );
}

const ENTRY = '<entry>';
