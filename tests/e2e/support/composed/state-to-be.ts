import { isDeepStrictEqual } from 'node:util';
import type { ExecutionNode } from '../../../../contract/executions';
import { isTerminal } from '../../../../contract/status';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { Client } from '../../../../helpers/client/client';
import type { Round } from '../model/expectation';
import { executionTree } from '../../../../helpers/scenario/evidence/executions';
import type { Ledger } from '../../../../helpers/scenario/ledger';
import type { Condition } from '../../../../helpers/scenario/polling';
import { changesFor } from '../../../../helpers/scenario/run-changes';
import { treeToChange } from '../../../../helpers/scenario/change-filters';

/** `each@2[1]#0`, as the model writes it. */
export function labelOf({ workflow_task: task }: ExecutionNode): string {
  if (task === undefined) return 'no task';
  const round = (task.round ?? 1) > 1 ? `@${task.round}` : '';
  return `${task.task_name}${round}${task.task_index === null ? '' : `[${task.task_index}]`}#${task.retry_count}`;
}

/** The descendants of an execution by their path from it: `call#0/gate#0`. */
export function descendantsByPath(node: ExecutionNode, prefix = ''): [string, ExecutionNode][] {
  return node.children.flatMap((child) => {
    const path = `${prefix}${labelOf(child)}`;
    return [[path, child], ...descendantsByPath(child, `${path}/`)];
  });
}

/**
 * The run is in the state of a round: each execution has its status, and the processes that wait
 * have started. The value has the ids by path, or is null once the run has ended.
 */
export const stateToBe = (
  round: Round,
  client: Client,
  ledger: Ledger,
  id: number,
): Condition<ReadonlyMap<string, number> | null> => ({
  name: `execution ${id} to have the children ${writeJson(round.children)}`,
  check: async () => {
    const tree = await client.executions.tree(id);
    if (isTerminal(tree.status)) return { is: 'met', value: null };
    const nodes = descendantsByPath(tree);
    const statuses = Object.fromEntries(nodes.map(([path, { status }]) => [path, status]));
    const hasStarted = Object.entries(round.starts).every(([key, starts]) => ledger.count(key) === starts);
    const isReached = tree.status === round.status && isDeepStrictEqual(statuses, round.children);
    if (isReached && hasStarted) return { is: 'met', value: new Map(nodes.map(([path, node]) => [path, node.id])) };
    const changes = changesFor(client, treeToChange([id, ...nodes.map(([, node]) => node.id)]));
    const why = `it is ${tree.status} with ${writeJson(statuses)}`;
    return { is: 'pending', why, changedBy: isReached ? undefined : changes }; // a process starts unnoticed
  },
  evidence: () => executionTree(client, id),
});
