import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../scenario/processes';

const NAME = /^running-(\d+)-/;

/**
 * Creates the directory in which the processes of a run write what became of each test, until its
 * report is written. It stays where the platform and its files go during the run. Removes those of
 * runs that were interrupted. Null: the directory of the results cannot be written.
 */
export function createRecordsDirectory(results: string, run: string): string | null {
  const path = join(results, `running-${process.pid}-${run}`);
  try {
    mkdirSync(path, { recursive: true });
  } catch {
    return null; // the reporter prints it
  }
  for (const name of readdirSync(results)) {
    const [, pid] = NAME.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) removeUnlessOfOtherUser(join(results, name));
  }
  return path;
}

function removeUnlessOfOtherUser(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch {
    // Only its user can remove it: a run of that user does.
  }
}
