import type { Env } from '../../contract/environment';
import { createClient } from '../client/client';
import { ApiError } from '../errors';
import { platformUrl } from './platform-url';
import type { RunningPlatform } from '../../contract/platform-file';
import { TargetError } from './target-error';

/**
 * The instance that responds at a URL, as it states itself; null: it states none, as a plain
 * Attune.
 */
export async function readInstance(url: string): Promise<string | null> {
  try {
    return (await createClient({ baseUrl: url }).health.identity()).instance_id;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

type InstanceOfFile = Pick<RunningPlatform, 'url' | 'instance_id'>;

/**
 * Throws TargetError if another platform responds than the one that PLATFORM_EXPECT_STACK names,
 * or the file of `up`: the file of an ended platform may name a port that another one uses now.
 */
export async function requireInstance(url: string, env: Env, file: InstanceOfFile | null): Promise<void> {
  const named = env.PLATFORM_EXPECT_STACK || null;
  const expected = named ?? file?.instance_id ?? null;
  if (expected === null) return;
  const found = await readInstance(url);
  const isAtItsAddress = file !== null && platformUrl(file.url) === url;
  if (found === expected || (found === null && named === null && isAtItsAddress)) return;
  throw new TargetError(
    `STALE_TARGET: another platform responds at ${url}: instance ${found ?? '(none stated)'} instead of ${expected}, of ${named === null ? 'PLATFORM_FILE' : 'PLATFORM_EXPECT_STACK'}`,
  );
}
