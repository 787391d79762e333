import type { NodeModel } from '../../helpers/run-report/run-model';
import { signOfStatus } from './status';

/** Without attempts that a later one of the same task has followed. */
export function lastAttempts(nodes: readonly NodeModel[]): NodeModel[] {
  const last = new Map(nodes.map(({ id, original }) => [original ?? id, id]));
  return nodes.filter(({ id, original }) => last.get(original ?? id) === id);
}

/**
 * The execution that a reader looks for first: one that failed by itself, and was not retried;
 * else one that was cancelled, or has not ended; else the root.
 */
export function firstTroubled(nodes: readonly NodeModel[]): NodeModel | undefined {
  const leaves = new Set(nodes.filter(({ depth }, n) => (nodes[n + 1]?.depth ?? 0) <= depth));
  const own = lastAttempts(nodes).filter((node) => leaves.has(node) && node.status !== 'completed');
  const failed = own.find(({ status }) => signOfStatus(status).tone === 'bad');
  return failed ?? own.find(({ hasEnded }) => hasEnded) ?? own[0] ?? nodes[0];
}
