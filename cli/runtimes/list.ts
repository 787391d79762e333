import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { RUNTIME_MANIFEST, type RuntimeEntry } from '../../contract/runtime-manifest';
import { availableRuntimes } from '../../platform/worker/runtimes/choose-runtime';
import type { JsonFlag } from './check';

export interface ListFlags extends JsonFlag {
  /** Directory of `tuningfork up --data`. */
  readonly data?: string;
}

interface ListedRuntime {
  readonly name: string;
  readonly kind: RuntimeEntry['kind'];
  /** On this host; null: not installed, or external. */
  readonly installed: string | null;
  /** Of the packages of packs: `warm`, there is one; null: no packages, or without `--data`. */
  readonly environments: 'cold' | 'warm' | null;
  readonly templates: readonly string[];
}

/** Prints every runtime of the manifest, and what this host has of it. */
export async function listRuntimes({ json = false, data }: ListFlags): Promise<void> {
  const installed = await availableRuntimes(null);
  const runtimes = RUNTIME_MANIFEST.runtimes.map((entry): ListedRuntime => ({
    name: entry.name,
    kind: entry.kind,
    installed: entry.kind === 'managed' ? (installed[entry.name] ?? null) : null,
    environments: data !== undefined && entry.capabilities.includes('packages') ? cacheState(data, entry.name) : null,
    templates: RUNTIME_MANIFEST.templates.filter(({ runtime }) => runtime === entry.name).map(({ name }) => name),
  }));
  process.stdout.write(json ? `${JSON.stringify({ runtimes })}\n` : runtimes.map(line).join(''));
}

const line = ({ name, kind, installed, environments, templates }: ListedRuntime): string =>
  [
    name.padEnd(12),
    kind.padEnd(10),
    (kind === 'external' ? '' : (installed ?? 'not installed')).padEnd(15),
    (environments ?? '').padEnd(6),
    templates.join(', '),
  ]
    .join('')
    .trimEnd() + '\n';

const listDirectory = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory) : []);

/** `environments/<tenant>/<pack>/<runtime>/<hash>`. */
function cacheState(data: string, runtime: string): 'cold' | 'warm' {
  const root = join(data, 'environments');
  const ofRuntime = listDirectory(root).flatMap((tenant) =>
    listDirectory(join(root, tenant)).flatMap((pack) => listDirectory(join(root, tenant, pack, runtime))),
  );
  return ofRuntime.length > 0 ? 'warm' : 'cold';
}
