import { git } from './git';

/** The commit of a directory's files, and whether a file of the paths differs from it. */
export interface Commit {
  readonly id: string;
  readonly has_changes: boolean;
}

/** Null outside a repository. `paths`: where changes count; everywhere without one. */
export async function commitOf(directory: string, ...paths: readonly string[]): Promise<Commit | null> {
  try {
    const id = (await git(directory, 'rev-parse', 'HEAD')).trim();
    return { id, has_changes: (await git(directory, 'status', '--porcelain', '--', ...paths)) !== '' };
  } catch {
    return null;
  }
}
