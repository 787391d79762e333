import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { SandboxRepository } from './sandbox-cli';

/** Runs git in a repository, as an author of its own. */
export const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', ['-C', directory, '-c', 'user.name=a', '-c', 'user.email=a@example.test', ...args], {
    encoding: 'utf8',
  });

/** Commits all files of a repository, of which one has the version. Returns the commit. */
export function commit(repository: SandboxRepository, version: string): string {
  repository.write('version', version);
  git(repository.root, 'add', '.');
  git(repository.root, 'commit', '-qm', version);
  return git(repository.root, 'rev-parse', 'HEAD').trim();
}

/** Gives a repository its first commit, and clones it. Returns the clone. */
export function cloneOf(repository: SandboxRepository): string {
  git(repository.root, 'init', '-q');
  commit(repository, 'first');
  const clone = join(repository.root, '../clone');
  git(repository.root, 'clone', '-q', '.', clone);
  return clone;
}
