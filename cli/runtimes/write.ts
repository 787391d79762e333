import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUNTIME_MANIFEST } from '../../contract/runtimes/runtime-manifest';
import { CORE_RUNTIMES, coreRuntimeFile } from './core-pack-files';
import { TABLE_FILE, withRuntimeTable } from './runtime-table';

/** Writes what is generated from the manifest, and removes the files of other runtimes. */
export function writeRuntimes(root: string): void {
  const files = RUNTIME_MANIFEST.runtimes.map(coreRuntimeFile);
  const names = files.map(({ path }) => basename(path));
  for (const other of readdirSync(join(root, CORE_RUNTIMES)).filter((name) => !names.includes(name)))
    rmSync(join(root, CORE_RUNTIMES, other));
  for (const { path, text } of files) writeFileSync(join(root, path), text);
  const page = join(root, TABLE_FILE);
  writeFileSync(page, withRuntimeTable(readFileSync(page, 'utf8'), RUNTIME_MANIFEST));
}
