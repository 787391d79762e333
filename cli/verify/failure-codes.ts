import type { ExecutionNode } from '../../contract/executions';
import { isObject } from '../../contract/json';
import type { Client } from '../../helpers/client/client';

/** More failed runs than these are shown without their codes. */
const MAX_READS = 20;

/**
 * The error codes of the runs of a tree that failed without an exit code, by their ids: a platform
 * that does not start a run says why, ACTION_NOT_FOUND for example.
 */
export async function failureCodes(client: Client, tree: ExecutionNode): Promise<ReadonlyMap<number, string>> {
  const codes = new Map<number, string>();
  for (const { id } of failedLeaves(tree).slice(0, MAX_READS)) {
    const { result } = await client.executions.get(id);
    if (isObject(result) && typeof result.code === 'string') codes.set(id, result.code);
  }
  return codes;
}

const failedLeaves = (node: ExecutionNode): ExecutionNode[] => {
  if (node.children.length > 0) return node.children.flatMap(failedLeaves);
  return node.status === 'completed' || node.exit_code !== null ? [] : [node];
};
