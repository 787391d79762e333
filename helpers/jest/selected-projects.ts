import { join } from 'node:path';
import { matchesPattern, pathPatterns } from './path-patterns';
import { testFiles } from './selected-needs';

/** A project of Jest whose test files are below this folder of the clone. */
interface TestFolder {
  readonly folder: string;
}

/**
 * Those with a test file that a command line of Jest selects: Jest reads the files of each project
 * that it has. All where the command line may select others, or selects no file.
 */
export function selectedProjects<T extends TestFolder>(
  projects: readonly T[],
  args: readonly string[],
  root: string,
): readonly T[] {
  const patterns = pathPatterns(args);
  if (patterns === null || patterns.length === 0) return projects;
  const isSelected = (path: string): boolean => patterns.some((pattern) => matchesPattern(pattern, path, root));
  const selected = projects.filter(({ folder }) => testFiles(join(root, folder)).some(isSelected));
  return selected.length === 0 ? projects : selected;
}
