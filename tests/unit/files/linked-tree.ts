import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A new directory with `tree`, of which an entry has a name that is no text, and a link leads to
 * `elsewhere`, in which there is the file `kept`.
 */
export function createLinkedTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'tree-'));
  mkdirSync(join(root, 'elsewhere'));
  writeFileSync(join(root, 'elsewhere/kept'), '');
  mkdirSync(join(root, 'tree/inner'), { recursive: true });
  writeFileSync(join(root, 'tree/inner/file'), '');
  writeFileSync(Buffer.concat([Buffer.from(join(root, 'tree/')), Buffer.from([0xff])]), '');
  symlinkSync(join(root, 'elsewhere'), join(root, 'tree/link'));
  return root;
}
