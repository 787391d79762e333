import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { errnoCode } from '../../../helpers/errors';
import { applyFault } from '../source/apply-fault';
import { pathOfFile, type Fault } from '../fault';
import { applyMarked, type MarkedFault } from './marked-fault';

/** A copy of the project in which faults are applied. */
export interface ScratchCopy {
  readonly root: string;
  /** Changes the copy. Returns the function that restores it. Throws FaultError. */
  apply(faults: readonly Fault[]): () => void;
  /** The same with one fault whose place notes when it runs. */
  applyMarked(fault: Fault): MarkedFault;
  /** Makes the bundle of the copy as it is now, so that the start of its platform need not. */
  prepare(): Promise<void>;
  /** The same copy `n` times, itself included, as it is now: for runs at the same time. */
  multiply(n: number): ScratchCopy[];
  /** Ends what `prepare` has started, here and in the copies that were made from it. */
  close(): Promise<void>;
  /** Removes the copy and all that were made from it. */
  remove(): void;
}

/**
 * The copy runs no probes: they take 2 s, and decide nothing about a platform that declares its
 * capabilities. It still measures the latency of trivial actions.
 */
const WITHOUT_PROBES: Fault = {
  id: 'probes',
  promise: 'a run probes what its claims need',
  file: '../helpers/target/probes/run-probes.ts',
  within: 'runProbes',
  find: 'needed.has(name)',
  replace: 'false',
  claims: [],
};

/** Another run has the copy. */
export class CopyInUse extends Error {
  override readonly name = 'CopyInUse';
}

const NOT_COPIED = ['.git', 'node_modules', 'results'];

/**
 * Copies the project to a directory of the same path in every run, so that Jest's cache of
 * transformed files, which is keyed by path, applies. The directory is the lock: throws CopyInUse
 * while the process of another run has it.
 */
export function createScratchCopy(project: string): ScratchCopy {
  const digest = createHash('sha256').update(project).digest('hex').slice(0, 8);
  const directory = join(realpathSync(tmpdir()), `tuningfork-detect-${userInfo().uid}-${digest}`);
  acquire(directory);
  const root = join(directory, 'copy');
  const remove = (): void => rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const isCopied = (path: string): boolean => !NOT_COPIED.some((name) => path === join(project, name));
  cpSync(project, root, { recursive: true, preserveTimestamps: true, filter: isCopied });
  symlinkSync(realpathSync(join(project, 'node_modules')), join(root, 'node_modules'));
  applyAll(root, [WITHOUT_PROBES]);
  const builders: Builder[] = [];
  const copyAt = (path: string): ScratchCopy => {
    const builder = lazyBuilder(path);
    builders.push(builder);
    return { ...copyOf(path), prepare: builder.store };
  };
  const copyOf = (path: string) => ({
    root: path,
    apply: (faults: readonly Fault[]) => applyAll(path, faults),
    applyMarked: (fault: Fault) => applyMarked(path, fault),
    close: async () => {
      for (const { close } of builders) await close();
    },
    multiply: (n: number) => {
      const others = Array.from({ length: n - 1 }, (_, k) => `${path}-${k + 2}`);
      for (const other of others) cpSync(path, other, { recursive: true, verbatimSymlinks: true });
      return [path, ...others].map(copyAt);
    },
    remove,
  });
  return copyAt(root);
}

/** The parts of `bin/bundle.js` that are used. */
interface Builder {
  store(): Promise<void>;
  close(): Promise<void>;
}
interface Bundler {
  openBuilder(root: string): Promise<Builder>;
}

/** Opened at its first use: another run of the copy makes one bundle. */
function lazyBuilder(root: string): Builder {
  let opened: Promise<Builder> | null = null;
  const open = async () => ((await import(join(root, 'bin/bundle.js'))) as Bundler).openBuilder(root);
  return {
    // the start of a platform reports sources without a bundle
    store: async () => (await (opened ??= open())).store().catch(() => undefined),
    close: async () => (await opened)?.close(),
  };
}

function acquire(directory: string): void {
  const owner = join(directory, 'owner');
  try {
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    if (errnoCode(error) !== 'EEXIST') throw error;
    const pid = readOwner(owner);
    if (pid !== null && isRunning(pid))
      throw new CopyInUse(`process ${pid} uses ${directory}: wait until it has ended`);
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o755 });
  }
  writeFileSync(owner, String(process.pid));
}

function readOwner(path: string): number | null {
  try {
    return Number(readFileSync(path, 'utf8')) || null;
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoCode(error) === 'EPERM';
  }
}

function applyAll(root: string, faults: readonly Fault[]): () => void {
  const originals = new Map<string, string>();
  const restore = (): void => originals.forEach((text, path) => writeFileSync(path, text));
  try {
    for (const fault of faults) {
      const path = join(root, pathOfFile(fault.file));
      const text = readFileSync(path, 'utf8');
      if (!originals.has(path)) originals.set(path, text);
      writeFileSync(path, applyFault(fault, text));
    }
  } catch (error) {
    restore();
    throw error;
  }
  return restore;
}
