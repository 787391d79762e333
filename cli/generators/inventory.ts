import { posix } from 'node:path';
import { EXIT_CODES } from '../../contract/errors';
import { renderInventory } from '../../helpers/docs/inventory';
import { untestedCoreActions } from '../../helpers/docs/smoke-cases';
import { CANDIDATES_FILE } from '../../helpers/run-report/candidates';
import { FAULTS } from '../../tools/detection/catalogue/catalogue';
import { CommandError } from '../failures';
import { writeGenerated } from './generated-file';

const FILE = { file: 'E2E_TESTS_COMPLETE.md', command: 'inventory', drift: 'INVENTORY_DRIFT' };
const PLACES = { file: CANDIDATES_FILE, command: 'inventory', drift: 'PLACES_DRIFT' };
const CASES_FILE = 'helpers/scenario/built-in-kinds.ts';

/**
 * Writes E2E_TESTS_COMPLETE.md, and the places of the faults of each claim; with `check` only
 * compares. Exit 1: one is out of date, or SMOKE_CASE_MISSING: an action of pack core has no smoke
 * case, and nothing was written.
 */
export function inventory(root: string, check: boolean): void {
  const missing = untestedCoreActions(root).map(
    ({ ref, file }) =>
      `SMOKE_CASE_MISSING: no smoke case runs ${ref} of ${file}: add a case that does, with its value, to ${CASES_FILE}`,
  );
  if (missing.length > 0) throw new CommandError(missing.join('\n'), EXIT_CODES.testFailed);
  writeGenerated(root, FILE, () => renderInventory(root), check);
  writeGenerated(root, PLACES, renderPlaces, check);
}

/** By claim, in the order of the catalogue: a line each, so that a change is a line. */
function renderPlaces(): string {
  const byClaim = new Map<string, Set<string>>();
  for (const { file, within, claims } of FAULTS)
    for (const claim of claims) {
      const places = byClaim.get(claim) ?? new Set();
      byClaim.set(claim, places.add([posix.join('platform', file), within ?? ''].join(' ').trim()));
    }
  const names = [...byClaim.keys()].sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
  return `{\n${names.map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify([...byClaim.get(name)!])}`).join(',\n')}\n}\n`;
}
