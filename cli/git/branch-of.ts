import { git } from './git';

/** The branch that a directory has checked out. Null: none, or it is in no repository. */
export async function branchOf(directory: string): Promise<string | null> {
  try {
    return (await git(directory, 'symbolic-ref', '--quiet', '--short', 'HEAD')).trim();
  } catch {
    return null;
  }
}
