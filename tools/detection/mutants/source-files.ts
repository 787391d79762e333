import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths of the files below a folder that have this ending, in order of name. */
export const sourcesOf = (root: string, folder: string, ending = '.ts'): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`)
    .sort();
