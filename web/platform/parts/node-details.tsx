import { useMemo } from 'preact/hooks';
import type { Execution, ExecutionNode, StreamName } from '../../../contract/executions';
import type { Json } from '../../../contract/json';
import type { NodeModel } from '../../../helpers/run-report/run-model';
import { JsonTree } from '../../components/json-tree';
import { NodeSummary } from '../../components/node-summary';
import { hasChildren, parentOf } from '../../components/surroundings';
import { get } from '../api';
import { useNow } from '../platform-clock';
import { useResource } from '../resource';
import { address, Link } from '../router';
import { EntriesLog } from './entries-log';
import { LiveLog } from './live-log';
import { Problem } from './problem';
import { Rerun } from './rerun';
import { WaitsFor } from './waits-for';

const STREAMS: readonly StreamName[] = ['stdout', 'stderr'];

interface Props {
  readonly root: ExecutionNode;
  readonly nodes: readonly NodeModel[];
  readonly node: NodeModel;
  readonly ids: ReadonlySet<number>;
  choose(id: number): void;
}

/** What is known of one execution of a tree. Another one has another `key`. */
export function NodeDetails({ root, nodes, node, ids, choose }: Props) {
  const { id, label, hasEnded } = node;
  const at = nodes.indexOf(node);
  const workflow = parentOf(nodes, at);
  const path = `/api/v1/executions/${id}`;
  const { value, error } = useResource(
    path,
    {
      types: ['execution'],
      matter: ({ entity_id: changed }) => changed === id,
    },
    (signal) => get<Execution>(path, { signal }),
  );
  const part = useMemo(() => partOf(root, id), [root, id]);
  const isRetry = node.original !== null && node.original !== id;
  return (
    <section aria-label={`Details of ${label}`}>
      <h2>{nodes.length > 1 ? label : 'Details'}</h2>
      <Summary node={node} waitingFor={part?.waiting_for ?? null} isOwn={id === root.id} />
      {isRetry && (
        <p>
          Retry of <Link to={address('executions', node.original!)}>execution {node.original}</Link>
        </p>
      )}
      {workflow?.hasEnded && part?.workflow_task && (
        <p>
          <Rerun workflow={{ id: workflow.id, ref: workflow.action }} task={part.workflow_task.task_name} />
        </p>
      )}
      {!hasEnded && <WaitsFor node={node} waitingFor={part?.waiting_for ?? null} nodes={nodes} choose={choose} />}
      <Problem error={error} />
      <div class="documents">
        <Document title="Output" value={value?.result} none={hasEnded ? 'none' : 'none yet'} />
        <Document title="Input" value={value?.config} none="no parameters were given" />
      </div>
      {!hasChildren(nodes, at) && STREAMS.map((stream) => <LiveLog key={stream} execution={id} stream={stream} />)}
      <EntriesLog execution={id} ids={ids} start={node.created} />
    </section>
  );
}

interface SummaryProps {
  readonly node: NodeModel;
  /** Shown below it. */
  readonly waitingFor: string | null;
  readonly isOwn: boolean;
}

function Summary({ node, waitingFor, isOwn }: SummaryProps) {
  const now = useNow();
  const name = `execution ${node.id}`;
  const facts = node.facts.filter((fact) => fact !== `waits for ${waitingFor}`);
  return (
    <NodeSummary node={{ ...node, facts }} now={now}>
      {isOwn ? name : <Link to={address('executions', node.id)}>{name}</Link>}
    </NodeSummary>
  );
}

interface DocumentProps {
  readonly title: string;
  readonly value: Json | undefined;
  /** Shown in its place. */
  readonly none: string;
}

const Document = ({ title, value, none }: DocumentProps) => (
  <section>
    <h3>{title}</h3>
    {value === undefined ? null : value === null ? (
      <p class="none">{none}</p>
    ) : (
      <JsonTree value={value} label={title} />
    )}
  </section>
);

function partOf(node: ExecutionNode, id: number): ExecutionNode | undefined {
  if (node.id === id) return node;
  for (const child of node.children) {
    const found = partOf(child, id);
    if (found) return found;
  }
  return undefined;
}
