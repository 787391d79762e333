import { userInfo } from 'node:os';
import { join } from 'node:path';
import { rememberedDigest } from '../../bin/content-cache';
import type { ClusterTemplate } from '../../platform/embedded/cluster-template';
import { ensureCorePack } from '../../platform/packs/save/core-pack';
import { openPool } from '../../platform/store/database/connection';
import { migrate } from '../../platform/store/database/migrate';

/** What creates and migrates a database, with the version of PostgreSQL. */
const SOURCES_OF_MIGRATED = [
  'platform/embedded',
  'platform/store/database',
  'platform/store/functions',
  'platform/store/migrations',
  'platform/store/schema',
  'node_modules/.package-lock.json',
];
/** What registers the standard pack; a start registers it again if other sources of it changed. */
const SOURCES_OF_PACK = ['packs/core', 'platform/packs', 'platform/store/packs'];

/** A migrated database for these sources and this user. `build`: as for `migrate`. */
export const migratedTemplate = (root: string, build: string | null): ClusterTemplate => ({
  path: archivePath(root, 'migrated', SOURCES_OF_MIGRATED),
  prepare: (url) => migrate(url, build),
});

/** The same with the standard pack: what a platform that keeps nothing starts from. */
export const platformTemplate = (root: string, build: string): ClusterTemplate => ({
  path: archivePath(root, 'platform', [...SOURCES_OF_MIGRATED, ...SOURCES_OF_PACK]),
  prepare: async (url) => {
    await migrate(url, build);
    const pool = openPool(url, 1);
    try {
      await ensureCorePack(pool, { root, build });
    } finally {
      await pool.end();
    }
  },
});

/** The name has the user, whose files cannot be read by another one. */
const archivePath = (root: string, kind: string, sources: readonly string[]): string =>
  join(
    root,
    'node_modules/.cache/tuningfork/clusters',
    kind,
    `${rememberedDigest(root, sources)}-${userInfo().uid}.tar`,
  );
