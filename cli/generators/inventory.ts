import { EXIT_CODES } from '../../contract/errors';
import { renderInventory } from '../../helpers/docs/inventory';
import { untestedCoreActions } from '../../helpers/docs/smoke-cases';
import { CommandError } from '../failures';
import { writeGenerated } from './generated-file';

const FILE = { file: 'E2E_TESTS_COMPLETE.md', command: 'inventory', drift: 'INVENTORY_DRIFT' };
const CASES_FILE = 'helpers/scenario/built-in-kinds.ts';

/**
 * Writes E2E_TESTS_COMPLETE.md; with `check` only compares. Exit 1: it is out of date, or
 * SMOKE_CASE_MISSING: an action of pack core has no smoke case, and nothing was written.
 */
export function inventory(root: string, check: boolean): void {
  const missing = untestedCoreActions(root).map(
    ({ ref, file }) =>
      `SMOKE_CASE_MISSING: no smoke case runs ${ref} of ${file}: add a case that does, with its value, to ${CASES_FILE}`,
  );
  if (missing.length > 0) throw new CommandError(missing.join('\n'), EXIT_CODES.testFailed);
  writeGenerated(root, FILE, () => renderInventory(root), check);
}
