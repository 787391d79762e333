import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hostNow } from '../../clock';
import { codeOf, messageOf } from '../faults';
import { underLock } from './build-lock';
import { npmInstall, type Installation } from './npm-install';

export interface Build extends Omit<Installation, 'directory' | 'locked'> {
  /** Where the environment will stand, named by the hash of its manifests. It appears there whole or not at all. */
  readonly directory: string;
  /** File name to content: `package.json`, perhaps `package-lock.json`. */
  readonly manifests: ReadonlyMap<string, Buffer>;
}

export interface Built {
  readonly ready: boolean;
  readonly seconds: number;
  /** The end of what the installer said, or why there was none. */
  readonly log: string;
}

export const isReady = (directory: string): Promise<boolean> =>
  stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** Builds an environment unless another has by the time it is our turn. Never rejects: a failure is an answer. */
export async function buildNode(build: Build): Promise<Built> {
  const startedAt = hostNow();
  const answer = (ready: boolean, log: string) => ({ ready, seconds: (hostNow() - startedAt) / 1_000, log });
  try {
    await mkdir(dirname(build.directory), { recursive: true });
    return await underLock(`${build.directory}.lock`, build.stop, async () => {
      if (await isReady(build.directory)) return answer(true, '');
      await removeSiblings(build.directory, (name) => name.startsWith(`${basename(build.directory)}.building-`));
      const problem = await install(build);
      return answer(problem.ready, problem.log);
    });
  } catch (error) {
    return answer(false, messageOf(error));
  }
}

async function install(build: Build): Promise<{ ready: boolean; log: string }> {
  const { directory, manifests, ...rest } = build;
  const site = await mkdtemp(`${directory}.building-`);
  try {
    for (const [name, content] of manifests) await writeFile(join(site, name), content);
    await mkdir(join(site, 'node_modules'));
    const ended = await npmInstall({ ...rest, directory: site, locked: manifests.has('package-lock.json') });
    if (ended.cause !== 'exited' || ended.exitCode !== 0) return { ready: false, log: ended.log || ended.cause };
    await putInPlace(site, directory);
    await removeSiblings(directory, (name) => OTHER_HASH.test(name) && name !== basename(directory));
    return { ready: true, log: ended.log };
  } finally {
    await rm(site, { recursive: true, force: true });
  }
}

const OTHER_HASH = /^[0-9a-f]{32}$/;
const THERE = new Set(['EEXIST', 'ENOTEMPTY']);

/** Another builder may have been first after all; its work is as good as ours. */
async function putInPlace(site: string, directory: string): Promise<void> {
  try {
    await rename(site, directory);
  } catch (error) {
    if (!THERE.has(codeOf(error) ?? '')) throw error;
  }
}

async function removeSiblings(directory: string, which: (name: string) => boolean): Promise<void> {
  const home = dirname(directory);
  const names = (await readdir(home)).filter(which);
  await Promise.all(names.map((name) => rm(join(home, name), { recursive: true, force: true })));
}
