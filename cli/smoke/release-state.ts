import { existsSync, realpathSync } from 'node:fs';
import { EXIT_CODES } from '../../contract/errors';
import { CommandError } from '../failures';
import { changedFiles, resolveBase } from '../git/changed-files';
import { git } from '../git/git';

const SHOWN_FILES = 10;

/**
 * The commit of the checkout, which a release is made of. Throws CommandError, exit 2,
 * SMOKE_NEEDS_RELEASE: a file differs from the commit, or the project is no checkout.
 */
export async function requireRelease(root: string): Promise<string> {
  const checkout = await git(root, 'rev-parse', '--show-toplevel').catch(() => null);
  if (checkout === null || checkout.trim() !== realpathSync(root)) throw needsRelease(`${root} is no checkout of git`);
  const head = await resolveBase(root, 'HEAD');
  const changed = await changedFiles(root, head);
  if (changed.length > 0) throw needsRelease(`${differing(changed)} from the commit`);
  return head.commit;
}

const differing = (files: readonly string[]): string => {
  const more = files.length - SHOWN_FILES;
  const names = files.slice(0, SHOWN_FILES).join(', ') + (more > 0 ? ` and ${more} more` : '');
  return files.length === 1 ? `${names} differs` : `${names} differ`;
};

const needsRelease = (reason: string): CommandError =>
  new CommandError(
    `SMOKE_NEEDS_RELEASE: ${reason}: commit or remove what differs, or give a tarball: tuningfork smoke <tarball>`,
    EXIT_CODES.usage,
  );

/** Throws CommandError, exit 2, where there is no such file. */
export function requireTarball(path: string): void {
  if (existsSync(path)) return;
  throw new CommandError(`there is no file ${path}: give a tarball as \`npm pack\` writes it`, EXIT_CODES.usage);
}
