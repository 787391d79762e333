import { EXIT } from '../contract/errors';
import { writeClientTable } from '../helpers/client-table';
import { messageOf } from '../helpers/errors';
import { CommandError } from './failures';

/** Writes docs/client.md; with `check` only compares. Exit 1 where it is out of date or cannot be made. */
export function clientTable(root: string, check: boolean): void {
  try {
    writeClientTable(root, { check });
  } catch (error) {
    throw new CommandError(`CLIENT_TABLE_DRIFT: ${messageOf(error)}`, EXIT.testFailed);
  }
}
