import { renderInventory } from '../../helpers/docs/inventory';
import { writeGenerated } from './generated-file';

const FILE = { file: 'E2E_TESTS_COMPLETE.md', command: 'inventory', drift: 'INVENTORY_DRIFT' };

/** Writes E2E_TESTS_COMPLETE.md; with `check` only compares. Exit 1: it is out of date. */
export const inventory = (root: string, check: boolean): void =>
  writeGenerated(root, FILE, () => renderInventory(root), check);
