import { dirname, join } from 'node:path';
import { packageDirectories, workerTemporaryDirectory } from '../../base/directories';
import { SettingError } from '../../base/settings/values';
import type { IsolationBackend } from '../../base/settings/isolation';
import type { Settings } from '../../base/settings/settings';
import { workerMark } from '../process/orphan-cleanup';
import { findExecutable } from '../runtimes/interpreter';
import { findPython } from '../runtimes/python';
import { closedAddresses } from './closed-addresses';
import { isWithin, realPath } from './host-directories';
import { createIsolation, isolationMode, type Isolation, type IsolationOptions } from './isolation';
import type { PlatformAddress } from './platform-network';
import { probeIsolation } from './probe';
import type { IsolationMode } from './confinement-spec';
import { removeTree } from '../../files/remove-tree';

/** What a host allows. */
export type IsolationFinding =
  | { readonly mode: IsolationMode }
  /** Programs are not confined. Null: as configured. */
  | { readonly mode: null; readonly reason: string | null };

type IsolationSettings = Pick<
  Settings,
  | 'directory'
  | 'instance'
  | 'isolation'
  | 'isolationBackend'
  | 'actionNetwork'
  | 'actionLoopback'
  | 'firstActionUid'
  | 'actionPaths'
  | 'actionOpenFiles'
  | 'actionFileBytes'
  | 'actionProcesses'
  | 'tenantProcesses'
  | 'actionMemoryBytes'
  | 'egress'
>;

interface ProgramFiles {
  /** Path of the platform's own program. */
  readonly program: string;
  /** Directory of the project. */
  readonly root: string;
}

/** What is required by a setting, on a host that does not allow it. */
class IsolationUnavailable extends Error {
  constructor(setting: string, reason: string) {
    super(`${setting}, but programs cannot be confined here: ${reason}`);
    this.name = 'IsolationUnavailable';
  }
}

/** Null: the launcher makes the confinements itself. Throws IsolationUnavailable. */
async function findBubblewrap(backend: IsolationBackend): Promise<string | null> {
  if (backend === 'own') return null;
  const path = await findExecutable(['bwrap']);
  if (path !== null) return path;
  const remedy = 'no program bwrap is on the search path: install bubblewrap 0.8 or newer, or set own';
  throw new IsolationUnavailable(BY_BUBBLEWRAP, remedy);
}

const BY_BUBBLEWRAP = 'PLATFORM_ISOLATION_BACKEND=bwrap';

/** The confinements of a worker. */
export async function openIsolation(
  settings: IsolationSettings,
  worker: string,
  { program, root, platform, onWarning }: ProgramFiles & Pick<IsolationOptions, 'platform' | 'onWarning'>,
): Promise<Isolation> {
  const python = await findPython();
  return createIsolation({
    directory: settings.directory,
    worker,
    program,
    projectDirectories: [...packageDirectories(root), join(root, 'packs')],
    interpreters: [process.execPath, ...(python === null ? [] : [python.path])],
    python: python?.path ?? null,
    bubblewrap: await findBubblewrap(settings.isolationBackend),
    root,
    variables: workerMark(settings.instance, worker),
    platform,
    onWarning,
    closedAddresses: () =>
      closedAddresses({ ...settings.egress, platform, ofHost: settings.actionLoopback === 'closed', onWarning }),
    sharedPaths: settings.actionPaths,
    firstUid: settings.firstActionUid,
    limits: {
      openFiles: settings.actionOpenFiles,
      fileBytes: settings.actionFileBytes,
      processes: settings.actionProcesses,
      tenantProcesses: settings.tenantProcesses,
      memoryBytes: settings.actionMemoryBytes,
    },
    privateBytes: settings.actionFileBytes,
  });
}

/** The platform does not listen yet. */
const NO_PORTS: PlatformAddress = { host: '127.0.0.1', ports: [] };

/**
 * Confines a process, unless the setting is `off`. Throws SettingError for a shared directory that
 * contains the platform's, and IsolationUnavailable where isolation, or bubblewrap, is required.
 */
export async function selectIsolation(settings: IsolationSettings, files: ProgramFiles): Promise<IsolationFinding> {
  if (settings.isolation === 'off') return { mode: null, reason: null };
  const exposing = settings.actionPaths.find((path) => isWithin(realPath(settings.directory), realPath(path)));
  if (exposing !== undefined)
    throw new SettingError('PLATFORM_ACTION_PATHS', exposing, "directories that do not contain the platform's own");
  // Several platforms may start in one directory at the same time.
  const worker = `${settings.instance}-isolation-probe`;
  const temporary = workerTemporaryDirectory({ directory: settings.directory, worker });
  const isolation = await openIsolation(settings, worker, {
    ...files,
    platform: NO_PORTS,
    onWarning: () => undefined, // without a control group, there is none
  });
  try {
    const reason = await probeIsolation(isolation, settings.actionNetwork, dirname(temporary));
    if (reason === null) return { mode: isolationMode() };
    if (settings.isolationBackend !== 'own') throw new IsolationUnavailable(BY_BUBBLEWRAP, reason);
    if (settings.isolation === 'required') throw new IsolationUnavailable('PLATFORM_ISOLATION=required', reason);
    return { mode: null, reason };
  } finally {
    await isolation.close();
    await removeTree(temporary);
  }
}
