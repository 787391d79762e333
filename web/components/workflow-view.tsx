import { useMemo } from 'preact/hooks';
import type { NodeModel } from '../../helpers/run-report/run-model';
import { Graph, type GraphProps } from './graph';
import { parentOf, workflowOf } from './surroundings';
import type { PlannedTask } from './task-graph';
import { Timeline } from './timeline';

interface Props {
  readonly nodes: readonly NodeModel[];
  /** Id of the chosen execution. */
  readonly chosen: number;
  choose(id: number): void;
  /** The time now, epoch ms, up to which an execution without an end is drawn; null: nothing runs. */
  readonly now?: number | null;
  /** The tasks of the definition of the workflow around the chosen one; absent: those that ran. */
  readonly plan?: readonly PlannedTask[] | undefined;
}

/** The executions of a tree: the graph of the workflow around the chosen one, and the timeline. */
export function WorkflowView({ nodes, chosen, choose, now = null, plan }: Props) {
  const workflow = useMemo(() => workflowOf(nodes, chosen), [nodes, chosen]);
  return (
    <>
      {workflow !== null && <Path nodes={nodes} workflow={workflow} choose={choose} />}
      {workflow !== null && (
        <Graph nodes={nodes} workflow={workflow} chosen={chosen} choose={choose} {...(plan && { plan })} />
      )}
      {nodes.length > 0 && <Timeline nodes={nodes} chosen={chosen} choose={choose} now={now} />}
    </>
  );
}

/** The workflow whose tasks the graph shows, after those around it. */
function Path({ nodes, workflow, choose }: Omit<GraphProps, 'chosen'>) {
  const path: NodeModel[] = [];
  let node = nodes.find(({ id }) => id === workflow);
  while (node) {
    path.unshift(node);
    node = parentOf(nodes, nodes.indexOf(node));
  }
  return (
    <p class="path">
      Tasks of{' '}
      {path.map(({ id, label }, n) => (
        <>
          {n > 0 && ' › '}
          <button type="button" class="link" aria-current={id === workflow} onClick={() => choose(id)}>
            {label}
          </button>
        </>
      ))}
    </p>
  );
}
