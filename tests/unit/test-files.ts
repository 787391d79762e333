import { execFileSync } from 'node:child_process';
import { repositoryRoot } from '../../helpers/repository-root';

/** Paths of all test files from the root, also of those that git does not track yet. */
export const testFiles = (): string[] =>
  execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'tests'], { cwd: repositoryRoot(), encoding: 'utf8' })
    .split('\n')
    .filter((file) => file.endsWith('.test.ts'));
