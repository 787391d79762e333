import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { git } from '../git/git';

/**
 * Brings a repository to the newest commit of its upstream branch. Throws SandboxError where that
 * is not possible without a merge.
 */
export async function fastForward(root: string): Promise<void> {
  await git(root, 'fetch', '--quiet').catch((error: unknown) => {
    throw new SandboxError('GIT_FETCH_FAILED', `${root}: ${reasonOf(error)}`);
  });
  const merged = git(root, 'merge', '--ff-only', '--quiet', '@{upstream}');
  await merged.catch(async (error: unknown) => {
    throw new SandboxError('GIT_NOT_FAST_FORWARD', `${root}: ${reasonOf(error)}${await shallowness(root)}`);
  });
}

/** That a history without its beginning may be why its commits do not meet. */
async function shallowness(root: string): Promise<string> {
  const answer = await git(root, 'rev-parse', '--is-shallow-repository');
  return answer.trim() === 'true' ? '; the clone is shallow: git fetch --unshallow gets the rest of its history' : '';
}

/** The line of git that says what is wrong: advice follows it. */
function reasonOf(error: unknown): string {
  const lines = (error as { stderr?: string }).stderr?.trim().split('\n') ?? [];
  return lines.find((line) => /^(?:fatal|error): /.test(line)) ?? (lines.at(-1) || String(error));
}
