import type { EntryModel, NodeModel, TreeModel } from './run-model';
import type { RunSpan } from './run-span';
import { firstLine } from '../line-of-text';

/** Where the spans of a tree belong. */
export interface TreePlace {
  /** What started its root. */
  readonly parent: RunSpan;
  /** What its instants are moved by. */
  readonly movedMs: number;
  /** When what has not ended was last seen, epoch ms. */
  readonly end: number;
}

/** The executions of a tree, each before its attempts and its children. */
export function executionSpans({ nodes, entries }: TreeModel, place: TreePlace): RunSpan[] {
  const path: RunSpan[] = [];
  return nodes.flatMap((node) => {
    const span = executionSpan(node, { ...place, parent: path[node.depth - 1] ?? place.parent });
    path[node.depth] = span;
    const own = entries.filter(({ execution }) => execution === node.id);
    return [span, ...attemptSpans(own, span, place.movedMs)];
  });
}

/** The results of a pipeline and of its tasks in OpenTelemetry. */
const RESULTS: Partial<Record<NodeModel['status'], string>> = {
  completed: 'success',
  failed: 'failure',
  timeout: 'timeout',
  cancelled: 'cancellation',
  abandoned: 'error',
};

function executionSpan(node: NodeModel, { parent, movedMs, end }: TreePlace): RunSpan {
  const { id, depth, label, action, status, hasEnded, created, started, finished, error } = node;
  const from = (started ?? created) + movedMs;
  const [about, ran] =
    depth === 0 ? ['cicd.pipeline', 'cicd.pipeline'] : ['cicd.pipeline.task', 'cicd.pipeline.task.run'];
  const result = RESULTS[status];
  return {
    kind: 'execution',
    name: label,
    key: `execution ${id}`,
    parent,
    place: null,
    from,
    to: Math.max(from, finished === null ? end : finished + movedMs),
    error: hasEnded && status !== 'completed' ? (error === null ? status : firstLine(error)) : null,
    attributes: {
      [`${about}.name`]: depth === 0 ? action : label,
      [`${about}.run.id`]: String(id),
      ...(result !== undefined && { [`${ran}.result`]: result }),
      'tuningfork.execution.id': id,
      'tuningfork.execution.action': action,
      'tuningfork.execution.status': status,
    },
  };
}

/** Each from its start on a worker to its response, to the loss of the worker, or to the end. */
function attemptSpans(entries: readonly EntryModel[], execution: RunSpan, movedMs: number): RunSpan[] {
  return entries.flatMap((entry, n): RunSpan[] => {
    if (entry.type !== 'AGENT_INVOKED') return [];
    const ended = entries.slice(n + 1).find(({ type }) => ENDS.includes(type));
    const from = entry.at + movedMs;
    const number = numberOf(entry.payload) ?? n + 1;
    return [
      {
        kind: 'attempt',
        name: `attempt ${number}`,
        key: `${execution.key} entry ${n}`,
        parent: execution,
        from,
        to: Math.max(from, ended ? ended.at + movedMs : execution.to),
        place: entry.worker,
        error: ended?.type === 'EXECUTION_RECOVERED' ? 'the worker was lost' : null,
        attributes: {
          'tuningfork.attempt.number': number,
          ...(entry.worker !== null && { 'cicd.worker.id': String(entry.worker) }),
        },
      },
    ];
  });
}

const ENDS: readonly string[] = ['AGENT_RESPONSE', 'EXECUTION_RECOVERED', 'EXECUTION_SUSPENDED'];

/** Of `{"attempt":2}`; null: the entry has none. */
function numberOf(payload: string): number | null {
  const { attempt } = JSON.parse(payload) as { attempt?: unknown };
  return typeof attempt === 'number' ? attempt : null;
}
