import { renderClientTable } from '../../helpers/docs/client-table';
import { writeGenerated } from './generated-file';

const FILE = { file: 'docs/client.md', command: 'client-table', drift: 'CLIENT_TABLE_DRIFT' };

/** Writes docs/client.md; with `check` only compares. Exit 1: it is out of date. */
export const clientTable = (root: string, check: boolean): void =>
  writeGenerated(root, FILE, () => renderClientTable(root), check);
