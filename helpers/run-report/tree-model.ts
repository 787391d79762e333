import type { ExecutionNode, LogEntry } from '../../contract/executions';
import { writeJson } from '../../contract/json-text/write-json';
import { isTerminal } from '../../contract/status';
import { parseInstant } from '../instant';
import { waitingLines } from '../scenario/evidence/waiting-lines';
import type { FailureRecord } from '../scenario/failure-records';
import type { EntryModel, NodeModel, TreeModel } from './run-model';
import { shownDocument } from './shown-document';

type RecordedTree = FailureRecord['executions'][number];

/** The tree of an execution of a failed test. */
export const treeModel = ({ id, tree, log, waiting, documents, lacks }: RecordedTree): TreeModel => ({
  id,
  nodes: tree ? withDocuments(nodesOf(tree), documents ?? []) : [],
  entries: (log ?? []).map(entryModel),
  reasons: waiting ? waitingLines(waiting) : [],
  lacks: lacks.map(({ subject, reason }) => `no ${subject}: ${reason}`),
});

function withDocuments(nodes: NodeModel[], documents: NonNullable<RecordedTree['documents']>): NodeModel[] {
  const byId = new Map(documents.map((each) => [each.id, each]));
  return nodes.map((node) => {
    const own = byId.get(node.id);
    return own ? { ...node, input: shownDocument(own.input), result: shownDocument(own.result) } : node;
  });
}

/** An execution and its descendants, each before its own. `depth`: of the execution. */
export const nodesOf = (node: ExecutionNode, depth = 0): NodeModel[] => [
  nodeModel(node, depth),
  ...node.children.flatMap((child) => nodesOf(child, depth + 1)),
];

function nodeModel(node: ExecutionNode, depth: number): NodeModel {
  const { id, action_ref: action, status, workflow_task: task, error, stdout_tail: stdout, stderr_tail: stderr } = node;
  return {
    id,
    depth,
    label: task?.task_name ?? action,
    action,
    status,
    error,
    stdout,
    stderr,
    hasEnded: isTerminal(status),
    created: parseInstant(node.created),
    started: node.started_at === undefined ? null : parseInstant(node.started_at),
    finished: node.finished_at == null ? null : parseInstant(node.finished_at),
    triggeredBy: task?.triggered_by ?? null,
    original: node.original_execution ?? null,
    index: task?.task_index ?? null,
    facts: factsOf(node),
  };
}

function factsOf({ workflow_task: task, attempt, exit_code, timeout_level, waiting_for }: ExecutionNode): string[] {
  return [
    ...(task?.round !== undefined && task.round > 1 ? [`round ${task.round}`] : []),
    ...(task && task.retry_count > 0 ? [`retry ${task.retry_count} of ${task.max_retries}`] : []),
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
    ...(exit_code === null ? [] : [`exit ${exit_code}`]),
    ...(timeout_level === null ? [] : [`limit of the ${timeout_level}`]),
    ...(waiting_for === null ? [] : [`waits for ${waiting_for}`]),
  ];
}

export const entryModel = ({ created_at, type, execution, worker, payload }: LogEntry): EntryModel => ({
  at: parseInstant(created_at),
  type,
  execution,
  worker,
  payload: writeJson(payload),
});
