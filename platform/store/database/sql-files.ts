import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { projectRoot } from '../../base/directories';
import { sha256Hex } from './sha256';

export interface SqlFile {
  readonly name: string;
  readonly text: string;
  /** SHA-256, hexadecimal. */
  readonly checksum: string;
}

/** The SQL files of one program. Its name is in the ledger of its database. */
export interface MigrationSet {
  readonly name: string;
  /** What a new database starts from; empty: its migrations alone. */
  readonly baseline: readonly SqlFile[];
  readonly migrations: readonly SqlFile[];
  readonly functions: readonly SqlFile[];
}

const STORE_DIRECTORY = join('platform', 'store');

/** The schema that a new database starts from, in the order in which its files are applied. */
export const readSchema = (): Promise<SqlFile[]> => readSqlFiles(join(projectRoot(), STORE_DIRECTORY, 'schema'));

/** The migrations after that baseline, in the order in which they are applied. */
export const readMigrations = (): Promise<SqlFile[]> =>
  readSqlFiles(join(projectRoot(), STORE_DIRECTORY, 'migrations'));

/**
 * The current text of every SQL function, one file for each, with the triggers that call it. In
 * order of name, whatever their folder.
 */
export const readFunctions = (): Promise<SqlFile[]> => readSqlFiles(join(projectRoot(), STORE_DIRECTORY, 'functions'));

/** Of all files of a program: the same for builds that have the same ones. */
export const setDigest = ({ baseline, migrations, functions }: MigrationSet): string =>
  sha256Hex([...baseline, ...migrations, ...functions].map(({ name, checksum }) => `${name} ${checksum}\n`).join(''));

/** Every SQL file below a directory, in order of name. */
export async function readSqlFiles(directory: string): Promise<SqlFile[]> {
  const paths = (await readdir(directory, { recursive: true })).filter((path) => path.endsWith('.sql'));
  const files = await Promise.all(paths.map((path) => readSqlFile(directory, path)));
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readSqlFile(directory: string, path: string): Promise<SqlFile> {
  const text = await readFile(join(directory, path), 'utf8');
  return { name: basename(path), text, checksum: sha256Hex(text) };
}
