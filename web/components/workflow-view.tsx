import type { NodeModel } from '../../helpers/run-report/run-model';
import type { TaskGraph } from '../../helpers/run-report/task-graph';
import { Graph } from './graph';
import { parentOf } from './surroundings';
import { Timeline } from './timeline';

interface Props {
  readonly nodes: readonly NodeModel[];
  /** Id of the chosen execution. */
  readonly chosen: number;
  choose(id: number): void;
  /** Id of the execution of the workflow around the chosen one; null: there is none. */
  readonly workflow: number | null;
  /** Of that workflow. */
  readonly graph: TaskGraph | undefined;
  /** The time now, epoch ms, up to which an execution without an end is drawn; null: nothing runs. */
  readonly now?: number | null;
}

/** The executions of a tree: the graph of the workflow around the chosen one, and the timeline. */
export function WorkflowView({ nodes, chosen, choose, workflow, graph, now = null }: Props) {
  return (
    <>
      {workflow !== null && <Path nodes={nodes} workflow={workflow} choose={choose} />}
      {graph && graph.boxes.length > 0 && <Graph graph={graph} nodes={nodes} chosen={chosen} choose={choose} />}
      {nodes.length > 0 && <Timeline nodes={nodes} chosen={chosen} choose={choose} now={now} />}
    </>
  );
}

interface PathProps extends Pick<Props, 'nodes' | 'choose'> {
  readonly workflow: number;
}

/** The workflow whose tasks the graph shows, after those around it. */
function Path({ nodes, workflow, choose }: PathProps) {
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
