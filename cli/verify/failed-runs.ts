import type { ExecutionNode } from '../../contract/executions';
import { taskName } from '../../helpers/scenario/resources/child-executions';

const MAX_LINES = 15;

/**
 * Lines about each run of an action in the tree that ended without success: its task, its status,
 * its exit code and its error code, and the end of its stderr, else its error.
 */
export function failedRuns(node: ExecutionNode, codes: ReadonlyMap<number, string> = new Map()): string[] {
  if (node.children.length > 0) return node.children.flatMap((child) => failedRuns(child, codes));
  if (node.status === 'completed') return [];
  const exit = node.exit_code === null ? '' : `, exit ${node.exit_code}`;
  const code = codes.has(node.id) ? `, ${codes.get(node.id)}` : '';
  const text = node.stderr_tail.trim() || (node.error ?? '').trim();
  const lines = text === '' ? [] : text.split('\n').slice(-MAX_LINES);
  return [`${labelOf(node)} is ${node.status}${exit}${code}`, ...lines.map((line) => `  ${line}`)];
}

/** An action that was run alone is no task. */
const labelOf = (node: ExecutionNode): string =>
  (node.workflow_task ?? null) === null ? node.action_ref : `${taskName(node)} (${node.action_ref})`;
