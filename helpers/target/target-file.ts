import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readTestIds } from '../docs/scenario-files';
import { matches } from '../client/validate';
import { messageOf } from '../errors';
import { repositoryRoot } from '../repository-root';
import { formatFaults, referenceFaults } from './declaration-faults';
import { Declarations } from './declarations';
import { TargetError } from './target-error';

const DIRECTORY = 'targets';

/**
 * The path of a target file, for messages relative to the working directory. `name`: of a file in
 * `targets/`, or a path that ends in `.json`.
 */
export function targetFilePath(name: string): string {
  const path = name.endsWith('.json') ? resolve(name) : join(repositoryRoot(), DIRECTORY, `${name}.json`);
  const shown = relative(process.cwd(), path);
  return shown.startsWith('..') ? path : shown;
}

/** Reads and checks a target file. Throws TargetError with every fault. */
export function readDeclarations(name: string): Declarations {
  const path = targetFilePath(name);
  if (!existsSync(path)) throw new TargetError(missingFile(name, path));
  const content = parseFile(path);
  if (!matches(Declarations, content)) throw invalidFile(path, formatFaults(content));
  const faults = referenceFaults(content, readTestIds(repositoryRoot()));
  if (faults.length > 0) throw invalidFile(path, faults);
  return content;
}

const invalidFile = (path: string, faults: readonly string[]): TargetError =>
  new TargetError(
    `TARGET_FILE_INVALID: the target file is invalid:\n${faults.map((fault) => `  ${path} ${fault}`).join('\n')}`,
  );

/** Names of the files in `targets/`, sorted. */
export const targetNames = (): string[] =>
  readdirSync(join(repositoryRoot(), DIRECTORY))
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''))
    .sort();

function missingFile(name: string, path: string): string {
  return (
    `TARGET_FILE_INVALID: E2E_TARGET_NAME=${name}: there is no file ${path}; ` +
    `use one of ${targetNames().join(', ')}, or the path of a target file that ends in .json`
  );
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TargetError(`TARGET_FILE_INVALID: ${path} is not JSON: ${messageOf(error)}`);
  }
}
