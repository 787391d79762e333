import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Execution, ExecutionNode, TakenOver } from '../../../contract/executions';
import { isTerminal } from '../../../contract/status';
import type { NodeModel } from '../../../helpers/run-report/run-model';
import { childrenOf, taskGraph } from '../../../helpers/run-report/task-graph';
import { nodesOf } from '../../../helpers/run-report/tree-model';
import { firstTroubled } from '../../components/attempts';
import { durationText, elapsedText } from '../../components/time-scale';
import { workflowOf } from '../../components/surroundings';
import { WorkflowView } from '../../components/workflow-view';
import { get } from '../api';
import { concerns } from '../parts/concerns';
import { ExecutionActions } from '../parts/execution-actions';
import { Facts, type Fact } from '../parts/facts';
import { IdentityName } from '../parts/identity';
import { Instant } from '../parts/instant';
import { NodeDetails } from '../parts/node-details';
import { Problem } from '../parts/problem';
import { Status } from '../parts/status';
import { useNow } from '../platform-clock';
import { useResource } from '../resource';
import { withTakenOver } from '../parts/planned-tasks';
import { Rerun } from '../parts/rerun';
import { useWorkflowPlan } from '../parts/workflow-plan';
import { address, Link, setQuery, type PageProps } from '../router';

/** One execution: its tasks as they run, and what is known of the chosen one. */
export function ExecutionPage({ place, id }: PageProps & { readonly id: string }) {
  const path = `/api/v1/executions/${encodeURIComponent(id)}`;
  const known = useRef<ReadonlySet<number>>(new Set());
  const tree = useResource(
    `${path}/tree`,
    {
      types: ['execution', 'inquiry'],
      matter: (notification) => known.current.size === 0 || concerns(known.current, notification),
    },
    (signal) => get<ExecutionNode>(`${path}/tree`, { signal }),
  );
  const nodes = useMemo(() => (tree.value ? nodesOf(tree.value) : []), [tree.value]);
  const ids = useMemo(() => new Set(nodes.map((node) => node.id)), [nodes]);
  known.current = ids;
  const { value: root } = tree;
  useTitle(root && `${root.id} ${root.status} · ${root.action_ref}`);
  if (!root)
    return (
      <>
        <h1>Execution {id}</h1>
        {tree.error === null ? <p class="none">Loading…</p> : <Problem error={tree.error} />}
      </>
    );
  return (
    <>
      <Head root={root} reload={tree.reload} />
      <Problem error={tree.error} />
      <Parts root={root} nodes={nodes} ids={ids} chosenId={Number(place.query.get('node'))} />
    </>
  );
}

/** The title of the window while the page is shown. */
function useTitle(title: string | undefined): void {
  useEffect(() => {
    if (title === undefined) return;
    const before = document.title;
    document.title = `${title} · Tuningfork`;
    return () => void (document.title = before);
  }, [title]);
}

interface HeadProps {
  readonly root: ExecutionNode;
  reload(): void;
}

/** Of an action; `before`: the status that it was to change. */
interface Result {
  readonly text?: string;
  readonly error?: unknown;
  readonly before?: ExecutionNode['status'];
}

function Head({ root, reload }: HeadProps) {
  const { id, action_ref: ref, status, workflow_task: task } = root;
  const [result, setResult] = useState<Result>({});
  return (
    <>
      <div class="title">
        <h1>
          Execution {id} <span class="ref">{ref}</span>
          {task && <span class="ref"> · {task.task_name}</span>}
        </h1>
        <ExecutionActions
          execution={root}
          report={(latest) => {
            setResult({ ...latest, before: status });
            reload();
          }}
        />
      </div>
      <p class="title-status">
        <Status status={status} />
        {' · '}
        <Duration root={root} />
      </p>
      <p role="status" class="good">
        {result.before === status && result.text}
      </p>
      <Problem error={result.error ?? null} />
      <Facts facts={factsOf(root)} isWide />
    </>
  );
}

function Duration({
  root: { status, created, started_at: started, finished_at: finished },
}: {
  readonly root: ExecutionNode;
}) {
  const now = useNow();
  if (started === undefined)
    return <>{isTerminal(status) ? 'never started' : `waits for ${elapsedText(now - Date.parse(created))}`}</>;
  if (finished !== null) return <>{durationText(Date.parse(finished) - Date.parse(started))}</>;
  return <>for {elapsedText(now - Date.parse(started))}</>;
}

function factsOf(root: ExecutionNode): Fact[] {
  const { rule_ref: rule, trigger_ref: trigger, enforcement, parent, original_execution: original } = root;
  const { rerun_of: rerun, taken_over: taken = [] } = root;
  return [
    ['Started by', startedBy(root)],
    ['Trigger', trigger],
    ['Enforcement', rule === null ? null : enforcement],
    ['Retry of', original === undefined || original === root.id ? null : <ToExecution id={original} />],
    [
      'Runs again',
      rerun && (
        <>
          <ToExecution id={rerun.execution} /> from {rerun.task}
        </>
      ),
    ],
    [
      'Taken over',
      taken.length === 0
        ? null
        : taken.map((task) => <TakenOverTask key={`${task.task_name} ${task.round}`} root={root} task={task} />),
    ],
    ['Created', <Instant key="created" at={root.created} />],
    ['Started', root.started_at === undefined ? null : <Instant at={root.started_at} />],
    ['Finished', root.finished_at === null ? null : <Instant at={root.finished_at} />],
    ['Correlation', parent === null && root.correlation_id !== undefined ? <Correlated root={root} /> : null],
  ];
}

/** Executions of a list that are linked. */
const SHOWN_TAKEN = 10;

interface TakenOverProps {
  readonly root: ExecutionNode;
  readonly task: TakenOver;
}

const TakenOverTask = ({ root, task: { task_name: name, executions } }: TakenOverProps) => (
  <div>
    {name} (
    {executions.slice(0, SHOWN_TAKEN).map((execution, n) => (
      <>
        {n > 0 && ', '}
        <Link to={address('executions', execution)}>{execution}</Link>
      </>
    ))}
    {executions.length > SHOWN_TAKEN && `, and ${executions.length - SHOWN_TAKEN} more`}){' '}
    {isTerminal(root.status) && <Rerun workflow={{ id: root.id, ref: root.action_ref }} task={name} />}
  </div>
);

const ToExecution = ({ id }: { readonly id: number }) => <Link to={address('executions', id)}>execution {id}</Link>;

const Correlated = ({ root: { correlation_id: id = '' } }: { readonly root: ExecutionNode }) => (
  <Link to={`/executions?correlation_id=${encodeURIComponent(id)}`}>{id}</Link>
);

function startedBy({ id, rule_ref: rule, parent, workflow_task: task }: ExecutionNode): Fact[1] {
  if (parent !== null)
    return (
      <>
        <ToExecution id={parent} />
        {task?.triggered_by !== undefined && `, after ${task.triggered_by}`}
      </>
    );
  return rule === null ? <Requester id={id} /> : <Link to={address('rules', rule)}>{rule}</Link>;
}

/** Who requested it: a tree does not name that. */
function Requester({ id }: { readonly id: number }) {
  const path = `/api/v1/executions/${id}`;
  const { value } = useResource(path, { types: [] }, (signal) => get<Execution>(path, { signal }));
  return typeof value?.executor === 'number' ? <IdentityName id={value.executor} /> : <>a request</>;
}

interface PartsProps {
  readonly root: ExecutionNode;
  readonly nodes: readonly NodeModel[];
  readonly ids: ReadonlySet<number>;
  /** Of the address; 0: none. */
  readonly chosenId: number;
}

/**
 * Without a choice of the reader, the part that a reader looks for first is shown: what failed, or
 * what runs now.
 */
function Parts({ root, nodes, ids, chosenId }: PartsProps) {
  const chosen =
    nodes.find(({ id }) => id === chosenId) ?? (root.status === 'completed' ? nodes[0] : firstTroubled(nodes));
  const choose = (id: number): void => setQuery({ node: String(id) });
  if (!chosen) return null;
  return (
    <>
      {nodes.length > 1 && (
        <>
          <h2>Tasks</h2>
          <Workflow root={root} nodes={nodes} chosen={chosen.id} choose={choose} />
        </>
      )}
      <NodeDetails key={chosen.id} root={root} nodes={nodes} node={chosen} ids={ids} choose={choose} />
    </>
  );
}

interface WorkflowProps {
  readonly root: ExecutionNode;
  readonly nodes: readonly NodeModel[];
  readonly chosen: number;
  choose(id: number): void;
}

function Workflow({ root, nodes, chosen, choose }: WorkflowProps) {
  const now = useNow();
  const latest = Math.max(...nodes.map(({ created, started, finished }) => finished ?? started ?? created));
  const workflow = workflowOf(nodes, chosen);
  const tasks = useWorkflowPlan(nodes.find(({ id }) => id === workflow)?.action);
  const graph = useMemo(() => {
    if (workflow === null) return undefined;
    const plan = workflow === root.id ? withTakenOver(tasks, root.taken_over) : tasks;
    const at = nodes.findIndex(({ id }) => id === workflow);
    return taskGraph(childrenOf(nodes, at), plan);
  }, [nodes, tasks, workflow, root]);
  const view = { nodes, workflow, graph, chosen, choose };
  return <WorkflowView {...view} now={isTerminal(root.status) ? null : Math.max(now, latest)} />;
}
