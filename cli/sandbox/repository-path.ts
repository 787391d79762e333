import { realpath } from 'node:fs/promises';
import { usageError } from '../failures';

/** The real path of a repository. Throws CommandError, exit 2, where there is none. */
export async function repositoryPath(repository: string): Promise<string> {
  try {
    return await realpath(repository);
  } catch (error) {
    if (!ABSENT.includes((error as NodeJS.ErrnoException).code)) throw error;
    throw usageError(`there is no directory ${repository}: give a repository with e2e/e2e.yml`);
  }
}

/** Codes of the system where nothing is at the path. */
const ABSENT: readonly unknown[] = ['ENOENT', 'ENOTDIR'];
