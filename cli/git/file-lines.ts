import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TextLine } from '../../tools/gate/secrets/find-secrets';

/** All lines of a text file; none of a binary one, a link, or one that is gone. */
export function fileLines(directory: string, path: string): TextLine[] {
  const file = join(directory, path);
  if (!lstatSync(file, { throwIfNoEntry: false })?.isFile()) return [];
  const content = readFileSync(file, 'utf8');
  if (content.includes('\0')) return [];
  return content.split('\n').map((text, n) => ({ line: n + 1, text }));
}
