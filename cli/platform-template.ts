import { userInfo } from 'node:os';
import { join } from 'node:path';
import { sourceDigest } from '../bin/content-cache';
import type { ClusterTemplate } from '../platform/embedded/cluster-template';
import { migrate } from '../platform/store/database/migrate';

/** What creates and migrates a database, with the versions of PostgreSQL and of the queue. */
const SOURCES = [
  'platform/embedded',
  'platform/store/database',
  'platform/store/functions',
  'platform/store/migrations',
  'node_modules/.package-lock.json',
];

/**
 * The migrated database of a platform that keeps nothing, for these sources and this user.
 * `build`: as for `migrate`.
 */
export function platformTemplate(root: string, build: string | null = null): ClusterTemplate {
  const name = `${sourceDigest(root, SOURCES)}-${userInfo().uid}.tar`;
  return { path: join(root, 'node_modules/.cache/tuningfork/clusters', name), prepare: (url) => migrate(url, build) };
}
