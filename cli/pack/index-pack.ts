import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { INDEX_FILE, renderIndex } from '../../platform/packs/registries/pack-index';
import { CommandError } from '../failures';
import { readPackFiles } from './read-pack-files';

export interface PackIndexFlags {
  readonly check?: true;
  readonly json?: true;
}

/**
 * Writes the index of a pack, or with `check` only compares. Throws CommandError: exit 2 for a
 * directory that is no pack, exit 1 where the index is out of date.
 */
export async function indexPack(directory: string, { check, json }: PackIndexFlags): Promise<void> {
  const { manifest, components, driftingFiles } = await readPackFiles(directory);
  const path = join(directory, INDEX_FILE);
  const text = await renderIndex(directory, components.actions);
  const isCurrent = existsSync(path) && readFileSync(path, 'utf8') === text;
  if (!isCurrent && check) throw driftError(directory, driftingFiles);
  if (!isCurrent) replaceFile(path, text);
  const outcome = { pack: manifest.ref, actions: components.actions.length, file: path, changed: !isCurrent };
  const plain = `${path} ${isCurrent ? 'is up to date' : 'is written'}: ${outcome.actions} actions`;
  process.stdout.write(`${json ? JSON.stringify(outcome) : plain}\n`);
}

function driftError(directory: string, files: readonly string[]): CommandError {
  const which = files.length === 0 ? INDEX_FILE : files.join(', ');
  return new CommandError(
    `PACK_INDEX_DRIFT: ${which}: run \`npx tuningfork pack index ${directory}\``,
    EXIT_CODES.testFailed,
  );
}

/** The file is the old one or the new one, whenever the process is killed. */
function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, text, { flag: 'wx' });
  renameSync(temporary, path);
}
