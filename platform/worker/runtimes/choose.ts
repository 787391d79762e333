import { satisfies } from 'semver';
import type { Attempt } from '../attempt';
import { interpreted } from './interpreted';
import { BUILT_IN, native } from './native';
import { nodejs } from './nodejs';
import { python } from './python';
import { NotRunnable, type Runtime } from './runtime';
import { shell } from './shell';

const RUNTIMES: readonly Runtime[] = [shell, python, nodejs, native, ...interpreted];

/** Names and versions of the runtimes that work on this host. */
export async function runtimesHere(): Promise<Record<string, string>> {
  const found = await Promise.all(RUNTIMES.map(async ({ name, version }) => [name, await version()] as const));
  return Object.fromEntries(found.filter((entry): entry is [string, string] => entry[1] !== null));
}

/** The named runtime, else the one that takes the entrypoint's ending. Throws NotRunnable. */
export function runtimeOf({
  runtime,
  entrypoint,
  actionRef,
}: Pick<Attempt, 'runtime' | 'entrypoint' | 'actionRef'>): Runtime {
  const known = RUNTIMES.map(({ name }) => name).join(', ');
  if (runtime !== null) {
    const named = RUNTIMES.find(({ name }) => name === runtime.toLowerCase());
    if (named !== undefined) return named;
    throw new NotRunnable(`runtime "${runtime}" is not available on this worker: it has ${known}`);
  }
  if (entrypoint.startsWith(BUILT_IN)) return native;
  const taking = RUNTIMES.find(({ extensions }) => extensions.some((ending) => entrypoint.endsWith(ending)));
  if (taking !== undefined) return taking;
  throw new NotRunnable(`"${actionRef}" names no runtime, and "${entrypoint}" ends like the files of none of ${known}`);
}

/** The contract's constraint as a semver range: a comma means "and", a bare `3.12` means `~3.12`. */
const rangeOf = (constraint: string): string =>
  constraint
    .split(',')
    .map((part) => part.trim())
    .map((part) => (/^\d/.test(part) ? `~${part}` : part))
    .join(' ');

/** Throws NotRunnable when the version found here is not one the action can be run with. */
export async function requireVersion(runtime: Runtime, constraint: string | null): Promise<void> {
  if (constraint === null) return;
  const version = await runtime.version();
  if (version === null || satisfies(version, rangeOf(constraint))) return; // a missing one is named by its plan
  throw new NotRunnable(`${runtime.name} ${constraint} is needed, and this worker has ${version}`);
}
