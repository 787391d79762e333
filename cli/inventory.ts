import { writeInventory } from '../helpers/inventory';

/** Writes E2E_TESTS_COMPLETE.md, or with `check` only compares; throws when it is out of date. */
export async function inventory(root: string, check: boolean): Promise<void> {
  await writeInventory(root, { check });
}
