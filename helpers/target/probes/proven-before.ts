import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { readCached, rememberedDigest, storeCached } from '../../../bin/content-cache';
import type { Findings } from '../finding';

/** What earlier runs proved with the same sources, on this host as it is. */
export interface ProvenBefore {
  /** Without those that failed: such a probe runs again. */
  readonly findings: Findings;
  /** Adds those that are proven. */
  add(findings: Findings): void;
}

/** The platform, the probes, and the packs that the probes run. */
const SOURCES = ['bin', 'cli', 'contract', 'helpers', 'packs', 'platform', 'node_modules/.package-lock.json'];
/** Changes with each start of the host. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';
const KEPT_FILES = 8;
/** Variables that no platform reads. */
const IRRELEVANT = /^(E2E_|JEST_|npm_|_$|OLDPWD$|PWD$|SHLVL$|TERM$|COLUMNS$|LINES$)/;

/**
 * What the platform of this clone was proven to be capable of, with these variables. `slots`: the
 * number that the rendezvous of the tests needs.
 */
export function openProvenBefore(root: string, env: NodeJS.ProcessEnv, slots: number): ProvenBefore {
  const variables = Object.entries(env).filter(([name]) => !IRRELEVANT.test(name));
  const host = [readCached(BOOT_ID), process.version, process.getuid?.(), slots, variables.sort()];
  const digest = createHash('sha256')
    .update(rememberedDigest(root, SOURCES))
    .update(JSON.stringify(host))
    .digest('hex');
  const path = join(root, 'node_modules/.cache/tuningfork/probes', digest);
  const names = new Set(readCached(path)?.split('\n') ?? []);
  return {
    findings: Object.fromEntries([...names].map((name) => [name, { isProven: true }])),
    add: (findings) => {
      const proven = Object.keys(findings).filter((name) => findings[name]!.isProven);
      if (proven.some((name) => !names.has(name)))
        storeCached(path, [...new Set([...names, ...proven])].join('\n'), KEPT_FILES);
    },
  };
}
