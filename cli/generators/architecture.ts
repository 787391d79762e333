import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeGenerated } from './generated-file';
import { roomsDiagram, roomsTable } from './rooms-table';
import { triggerTable } from './trigger-table';

const FILE = { file: 'docs/architecture.md', command: 'architecture', drift: 'ARCHITECTURE_DRIFT' };

/**
 * Writes the parts of docs/architecture.md that follow from other files; with `check` only
 * compares. Exit 1: the page is out of date, or a room has no purpose.
 */
export const architecture = (root: string, check: boolean): void =>
  writeGenerated(root, FILE, () => renderArchitecture(root), check);

function renderArchitecture(root: string): string {
  const parts = { rooms: roomsTable(root), diagram: roomsDiagram(root), triggers: triggerTable(root) };
  let text = readFileSync(join(root, FILE.file), 'utf8');
  for (const [name, lines] of Object.entries(parts)) text = withPart(text, name, lines);
  return text;
}

/** Replaces what is between the two comments of a part. */
function withPart(text: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name}: by tuningfork ${FILE.command} -->\n`, `<!-- end of ${name} -->`];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${FILE.file} has no part ${name}`);
  return `${before}${start}\n${lines.join('\n')}\n\n${end}${after}`;
}
