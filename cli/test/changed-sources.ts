import { statSync, watch, type FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { unlessInterrupted } from '../../helpers/unless-interrupted';
import { CommandError } from '../failures';
import { allFiles } from '../git/changed-files';

/** An editor writes a file in several steps, and a checkout many files. */
const QUIET_MS = 100;

/** What changes among the files of a project. */
export interface ChangedSources {
  /**
   * Resolves with the paths of files that were written, added or removed since the last call, as
   * soon as there is one. Rejects with Interrupted when `stop` aborts.
   */
  next(stop: AbortSignal): Promise<string[]>;
  close(): void;
}

/** Watches the files of a directory that git does not ignore. Throws CommandError, exit 3. */
export async function watchSources(root: string): Promise<ChangedSources> {
  let known = await readVersions(root);
  let isNotified = false;
  let notify = (): void => undefined;
  const onEvent = (): void => {
    isNotified = true;
    notify();
  };
  const watchers = watchFolders(root, [...known.keys()], onEvent);
  const notified = (stop: AbortSignal): Promise<void> =>
    isNotified ? Promise.resolve() : unlessInterrupted(stop, new Promise<void>((resolve) => (notify = resolve)));
  return {
    next: async (stop) => {
      for (;;) {
        isNotified = false;
        const current = await readVersions(root);
        const changed = differences(known, current);
        known = current;
        if (changed.length > 0) return changed;
        await notified(stop);
        await unlessInterrupted(stop, pause(QUIET_MS));
      }
    },
    close: () => watchers.forEach((watcher) => watcher.close()),
  };
}

/** Each folder of the project with all below it, and the files beside the folders. */
function watchFolders(root: string, files: readonly string[], onEvent: () => void): FSWatcher[] {
  const folders = new Set(files.filter((file) => file.includes('/')).map((file) => file.split('/', 1)[0]!));
  try {
    return [
      watch(root, onEvent),
      ...[...folders].map((folder) => watch(join(root, folder), { recursive: true }, onEvent)),
    ];
  } catch (error) {
    throw new CommandError(`WATCH_FAILED: ${root} cannot be watched: ${String(error)}`);
  }
}

type Versions = ReadonlyMap<string, string>;

/** What changes of each file when it is written. */
async function readVersions(root: string): Promise<Versions> {
  const versions = (await allFiles(root)).map((file) => {
    const stats = statSync(join(root, file), { throwIfNoEntry: false });
    return [file, stats ? `${stats.mtimeMs} ${stats.size}` : 'removed'] as const;
  });
  return new Map(versions);
}

const differences = (before: Versions, after: Versions): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file)).sort();
