import type { RunFailure } from '../../contract/sandbox-report';
import { lockRepository } from '../../tools/sandbox/ledger/repository-lock';
import { readManifest } from '../../tools/sandbox/manifest/read-manifest';
import { SandboxError } from '../../tools/sandbox/sandbox-error';
import { git } from '../git/git';
import { executeRun, reportFailure } from './execute-run';
import { repositoryPath } from './repository-path';

/** For a service to become ready, unless its check names a limit. */
const CHECK_SECONDS = 180;

/** Parsed options. */
export interface OnHostFlags {
  readonly hub?: string;
  readonly json?: true;
}

/**
 * Brings a repository of this host to the newest commit of its upstream branch, and runs it here.
 * One process at a time: throws SandboxError while another runs it. A run that does not begin is
 * reported, too.
 */
export async function sandboxOnHost(repository: string, flags: OnHostFlags): Promise<void> {
  const root = await repositoryPath(repository);
  const lock = await lockRepository(root);
  try {
    const failure = await updateFailure(root);
    const manifest = await readManifest(root, CHECK_SECONDS);
    const run = { ...flags, host: 'local' };
    await (failure === null ? executeRun(root, manifest, run) : reportFailure(root, manifest, failure, run));
  } finally {
    lock[Symbol.dispose]();
  }
}

/** Updates a repository. Returns why that was not possible, else null. */
async function updateFailure(root: string): Promise<RunFailure | null> {
  try {
    await fastForward(root);
    return null;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/**
 * Brings a repository to the newest commit of its upstream branch. Throws SandboxError where that
 * is not possible without a merge.
 */
async function fastForward(root: string): Promise<void> {
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
