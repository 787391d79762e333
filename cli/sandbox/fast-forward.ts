import { SandboxError } from '../../sandbox/sandbox-error';
import { git } from '../git/git';

/**
 * Brings a repository to the newest commit of its upstream branch. Throws SandboxError where that
 * is not possible without a merge.
 */
export async function fastForward(root: string): Promise<void> {
  await git(root, 'fetch', '--quiet').catch((error: unknown) => {
    throw new SandboxError('GIT_FETCH_FAILED', `${root}: ${lastLine(error)}`);
  });
  await git(root, 'merge', '--ff-only', '--quiet', '@{upstream}').catch((error: unknown) => {
    throw new SandboxError('GIT_NOT_FAST_FORWARD', `${root}: ${lastLine(error)}`);
  });
}

/** What git printed last. */
function lastLine(error: unknown): string {
  const { stderr } = error as { stderr?: string };
  return stderr?.trim().split('\n').at(-1) || String(error);
}
