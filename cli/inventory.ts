import { EXIT } from '../contract/errors';
import { writeInventory } from '../helpers/inventory';
import { CommandError } from './failures';

/** Writes E2E_TESTS_COMPLETE.md; with `check` only compares. Exit 1 where it is out of date or cannot be made. */
export async function inventory(root: string, check: boolean): Promise<void> {
  try {
    await writeInventory(root, { check });
  } catch (error) {
    throw new CommandError(
      `INVENTORY_DRIFT: ${error instanceof Error ? error.message : String(error)}`,
      EXIT.testFailed,
    );
  }
}
