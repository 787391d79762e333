import { readManifest } from '../../tools/sandbox/manifest/read-manifest';
import { executeRun, type RunFlags } from './execute-run';
import { repositoryPath } from './repository-path';

/**
 * Runs a repository in a sandbox, prints and stores its report, and posts it to the hub. Exits by
 * the result; a run that a signal ended is torn down, and exits by that signal.
 */
export async function sandboxRun(repository: string, flags: RunFlags): Promise<void> {
  const root = await repositoryPath(repository);
  await executeRun(root, await readManifest(root), flags);
}
