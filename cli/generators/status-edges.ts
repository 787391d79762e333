import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NEXT, STATUSES } from '../../contract/status';
import { writeGenerated } from './generated-file';

const EDGES_FILE = 'platform/store/functions/executions/reject_execution_edge.sql';
const EDGE_LIST = /(?<=not in \(\n)[^;]*?(?=\n {2}\)\))/;

/**
 * Writes the edges of NEXT (contract/status.ts) into the trigger that rejects all others; with
 * `check` only compares. Exit 1 when the file is out of date.
 */
export function statusEdges(root: string, check: boolean): void {
  const current = readFileSync(join(root, EDGES_FILE), 'utf8');
  const text = current.replace(EDGE_LIST, edgeLines().join(',\n'));
  writeGenerated(root, { file: EDGES_FILE, command: 'status-edges', drift: 'STATUS_EDGES_DRIFT' }, () => text, check);
}

/** A line for each status that others may follow. */
const edgeLines = (): string[] =>
  STATUSES.filter((from) => NEXT[from].length > 0).map(
    (from) => `    ${NEXT[from].map((to) => `('${from}', '${to}')`).join(', ')}`,
  );
