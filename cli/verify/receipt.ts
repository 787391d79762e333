import type { Execution } from '../../contract/executions';
import type { Json } from '../../contract/json';
import type { Client } from '../../helpers/client/client';
import type { Assertion } from './compare-output';
import type { Commit } from '../git/commit-of';

export type Verdict = 'proven' | 'failed' | 'not proven';

/** What one verification proved, to keep with a change. */
export interface Receipt {
  readonly verdict: Verdict;
  readonly workflow: string;
  readonly revision: number;
  readonly plan_digest: string;
  readonly execution: number;
  readonly status: Execution['status'];
  /** Why the run proves nothing, or not all. */
  readonly unproven: readonly string[];
  /** Of the registration of the packs: what was skipped, for example. */
  readonly warnings: readonly string[];
  readonly assertions: readonly Assertion[];
  /** What in the output violates its schema. */
  readonly violations: readonly Violation[];
  readonly platform: Json;
  /** The commit of the pack's files; null outside a repository. */
  readonly commit: Commit | null;
  readonly verified_at: string;
  /** From the upload of the packs on. */
  readonly duration_ms: number;
}

export interface Violation {
  /** JSON pointer into the output. */
  readonly path: string;
  readonly message: string;
}

/** Name, version and instance of the platform; null: it states none. */
export async function platformIdentity(client: Client): Promise<Json> {
  const manifest = await client.capabilities.getOrNull();
  if (manifest === null) return null;
  const { name, version, instance_id } = manifest.platform;
  return { name, version, instance_id };
}
