import type { Client } from '../client/client';
import { ApiError } from '../errors';
import type { PlatformFault, PlatformLog } from './evidence/platform-log';
import { olderParent } from './older-parent';

/** The executions of a test. */
export interface OwnExecutions {
  readonly client: Client;
  /** Those that the test started. */
  readonly roots: readonly number[];
  /** What the names of its objects begin with. */
  readonly prefix: string;
}

/**
 * The first error of the platform that concerns a test: one of its own executions, or none at all.
 * Null: there is none.
 */
export async function findOwnFault(log: PlatformLog, own: OwnExecutions): Promise<string | null> {
  for (const { text, execution } of log.readFaults()) {
    if (execution === null || (await isOwn(execution, own))) return text;
  }
  return null;
}

/** Also true where that cannot be read. */
async function isOwn(id: NonNullable<PlatformFault['execution']>, own: OwnExecutions): Promise<boolean> {
  if (own.roots.includes(id)) return true;
  try {
    const tree = await own.client.executions.tree(id);
    if ([tree.action_ref, tree.rule_ref].some((ref) => ref?.startsWith(own.prefix))) return true;
    const parent = olderParent(id, tree);
    return parent !== null && (await isOwn(parent, own));
  } catch (error) {
    if (error instanceof ApiError) return error.status !== 404;
    throw error;
  }
}
