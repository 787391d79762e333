import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RUNTIME_MANIFEST } from '../../contract/runtime-manifest';
import type { JsonFlag } from './check';
import { CORE_RUNTIMES, coreRuntimeFile, isGenerated } from './core-pack-files';
import { TABLE_FILE, withRuntimeTable } from './runtime-table';

/** Writes what is generated from the manifest, and removes the files of other runtimes. */
export function writeRuntimes(root: string, { json = false }: JsonFlag): void {
  const table = withRuntimeTable(readFileSync(join(root, TABLE_FILE), 'utf8'), RUNTIME_MANIFEST);
  const files = [...RUNTIME_MANIFEST.runtimes.map(coreRuntimeFile), { path: TABLE_FILE, text: table }];
  const names = files.map(({ path }) => basename(path));
  const removed = readdirSync(join(root, CORE_RUNTIMES))
    .filter((name) => !names.includes(name))
    .map((name) => `${CORE_RUNTIMES}/${name}`)
    .filter((path) => isGenerated(readFileSync(join(root, path), 'utf8')));
  for (const path of removed) rmSync(join(root, path));
  const outdated = files.filter(({ path, text }) => !hasText(join(root, path), text));
  for (const { path, text } of outdated) writeFileSync(join(root, path), text);
  const written = outdated.map(({ path }) => path);
  if (json) process.stdout.write(`${JSON.stringify({ written, removed })}\n`);
}

const hasText = (path: string, text: string): boolean => existsSync(path) && readFileSync(path, 'utf8') === text;
