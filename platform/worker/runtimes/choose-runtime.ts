import { satisfies } from 'semver';
import { RUNTIME_MANIFEST } from '../../../contract/runtime-manifest';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { ContainerSettings } from '../../base/settings/paired';
import { containerRuntime } from './container';
import { goRuntime } from './go';
import { interpretedRuntime } from './interpreted-runtime';
import { BUILT_IN_PREFIX } from '../../outcomes/built-in-actions';
import { nativeRuntime } from './native';
import { nodejsRuntime } from './nodejs';
import { pythonRuntime } from './python';
import type { WorkerContext } from '../worker-context';
import { NotRunnable, type ProgramRuntime } from './runtime';
import { shellRuntime } from './shell';

/** Runtimes with code of their own; every other one needs only its interpreter. */
const OWN: Readonly<Record<string, ProgramRuntime>> = Object.fromEntries(
  [shellRuntime, pythonRuntime, nodejsRuntime, goRuntime, nativeRuntime].map((runtime) => [runtime.name, runtime]),
);

/** Names of the runtimes that this worker has code for, in the manifest or not. */
export const ownRuntimeNames: readonly string[] = Object.keys(OWN);

const ENTRIES = RUNTIME_MANIFEST.runtimes.filter(({ kind }) => kind === 'managed');
const MANAGED: readonly ProgramRuntime[] = ENTRIES.map((entry) => OWN[entry.name] ?? interpretedRuntime(entry));
/** An image decides what runs in a container: that runtime has no interpreter in the manifest. */
const RUNTIMES: readonly ProgramRuntime[] = [...MANAGED, containerRuntime];

/** Names and versions of the runtimes available on this host. */
export async function availableRuntimes(containers: ContainerSettings | null): Promise<Record<string, string>> {
  const found = await Promise.all(
    RUNTIMES.map(async ({ name, detectVersion }) => [name, await detectVersion(containers)] as const),
  );
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The named runtime, else the one for the entrypoint's extension. Throws NotRunnable. */
export function chooseRuntime({
  runtime,
  entrypoint,
  actionRef,
}: Pick<Attempt, 'runtime' | 'entrypoint' | 'actionRef'>): ProgramRuntime {
  const availableNames = RUNTIMES.map(({ name }) => name).join(', ');
  if (runtime !== null) {
    const byName = RUNTIMES.find(({ name }) => name === runtime.toLowerCase());
    if (byName !== undefined) return byName;
    throw new NotRunnable(`runtime "${runtime}" is not available on this worker: it has ${availableNames}`);
  }
  if (entrypoint.startsWith(BUILT_IN_PREFIX)) return nativeRuntime;
  const byExtension = ENTRIES.findIndex(({ extensions }) =>
    extensions.some((extension) => entrypoint.endsWith(extension)),
  );
  if (byExtension >= 0) return MANAGED[byExtension]!;
  throw new NotRunnable(
    `"${actionRef}" names no runtime, and "${entrypoint}" has the extension of none of ${availableNames}`,
  );
}

/**
 * The contract's constraint as a semver range: a comma means "and", a bare `3.12` means `~3.12`.
 */
const semverRange = (constraint: string): string =>
  constraint
    .split(',')
    .map((part) => part.trim())
    .map((part) => (/^\d/.test(part) ? `~${part}` : part))
    .join(' ');

/** Throws NotRunnable when the installed version does not satisfy the constraint. */
export async function requireRuntimeVersion(
  runtime: ProgramRuntime,
  constraint: string | null,
  { containers }: Pick<WorkerContext, 'containers'>,
): Promise<void> {
  if (constraint === null) return;
  const version = await runtime.detectVersion(containers);
  if (version === null || satisfies(version, semverRange(constraint))) return; // a missing runtime is reported by its plan
  throw new NotRunnable(`${runtime.name} ${constraint} is needed, and this worker has ${version}`);
}
