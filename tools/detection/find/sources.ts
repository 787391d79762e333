import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** From the root: its files have the texts of the faults. */
export const CATALOGUE = 'tools/detection/catalogue';
const NOT_READ = ['node_modules', 'results', CATALOGUE];

/** Texts by their path from the root. */
export type Sources = ReadonlyMap<string, string>;

/** The TypeScript and SQL files of the project, without tests. */
export function readSources(root: string): Sources {
  const sources = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = posix.join(folder, entry.name);
      if (entry.name.startsWith('.') || NOT_READ.includes(path)) continue;
      if (entry.isDirectory()) visit(path);
      else if (isSource(path)) sources.set(path, readFileSync(join(root, path), 'utf8'));
    }
  };
  visit('.');
  return sources;
}

const isSource = (path: string): boolean => /\.(ts|sql)$/.test(path) && !/(\.test|\.d)\.ts$/.test(path);
