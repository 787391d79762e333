import { realpath } from 'node:fs/promises';
import { lockRepository } from '../../sandbox/ledger/repository-lock';
import type { Manifest } from '../../sandbox/manifest/manifest';
import { readManifest } from '../../sandbox/manifest/read-manifest';
import { SandboxError } from '../../sandbox/sandbox-error';
import { executeRun, reportFailure } from './execute-run';
import { fastForward } from './fast-forward';

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
  const root = await realpath(repository);
  const lock = await lockRepository(root);
  try {
    const manifest = await readManifest(root, CHECK_SECONDS);
    if (await isUpdated(root, manifest, flags))
      await executeRun(root, await readManifest(root, CHECK_SECONDS), { ...flags, host: 'local' });
  } finally {
    lock[Symbol.dispose]();
  }
}

async function isUpdated(root: string, manifest: Manifest, flags: OnHostFlags): Promise<boolean> {
  try {
    await fastForward(root);
    return true;
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    const { code, message } = error;
    await reportFailure(root, manifest, { code, message }, { ...flags, host: 'local' });
    return false;
  }
}
