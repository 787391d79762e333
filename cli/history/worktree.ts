import { mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from '../git/git';
import { runProgram } from '../smoke/run-program';
import { firstLine } from '../../helpers/line-of-text';

/** A working tree beside that of the clone, which shows one commit after the other. */
export interface Worktree {
  readonly directory: string;
  /** For files about it. It is removed with it. */
  readonly scratch: string;
  checkOut(commit: string): Promise<void>;
  /** The packages of its lock file. Returns why they cannot be installed, or null. */
  providePackages(stop: AbortSignal): Promise<string | null>;
  remove(): Promise<void>;
}

/** Its files are those of HEAD at first. */
export async function openWorktree(root: string): Promise<Worktree> {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'tuningfork-history-')));
  const directory = join(scratch, 'tree');
  const packages = join(directory, 'node_modules');
  const removePackages = () => rmSync(packages, { recursive: true, force: true });
  let provided: string | null = null;

  try {
    await git(root, ...WITHOUT_HOOKS, 'worktree', 'add', '--quiet', '--detach', directory, 'HEAD');
  } catch (error) {
    rmSync(scratch, { recursive: true, force: true });
    throw error;
  }

  return {
    directory,
    scratch,
    remove: async () => {
      removePackages();
      await git(root, 'worktree', 'remove', '--force', directory);
      rmSync(scratch, { recursive: true, force: true });
    },
    checkOut: async (commit) => {
      await git(directory, ...WITHOUT_HOOKS, 'checkout', '--quiet', '--force', '--detach', commit);
      await git(directory, 'clean', '--quiet', '--force', '-d', '--exclude=/node_modules');
    },
    providePackages: async (stop) => {
      const lock = lockOf(directory);
      if (lock === provided) return null;
      provided = null;
      removePackages();
      if (lock === lockOf(root)) symlinkSync(realpathSync(join(root, 'node_modules')), packages);
      else {
        const fault = await installPackages(directory, stop);
        if (fault !== null) return fault;
      }
      provided = lock;
      return null;
    },
  };
}

const WITHOUT_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

const lockOf = (directory: string): string => readFileSync(join(directory, 'package-lock.json'), 'utf8');

async function installPackages(directory: string, stop: AbortSignal): Promise<string | null> {
  const args = ['ci', '--prefer-offline', '--no-audit', '--no-fund'];
  const { code, stderr } = await runProgram('npm', args, { directory, env: process.env, stop });
  return code === 0 ? null : `npm ci: ${firstLine(stderr)}`;
}
