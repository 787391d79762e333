import type { ExecutionNode, LogEntry } from '../../../contract/executions';
import { isTerminal, type Status } from '../../../contract/status';
import type { Waiting } from '../../../contract/waiting';
import { writeJson } from '../../../contract/json-text/write-json';
import type { Client } from '../../client/client';
import { nullOn404 } from '../../client/null-on-not-found';
import { colors } from '../../colors';
import { messageOf } from '../../errors';
import { parseInstant } from '../../instant';
import { shortened } from '../../shortened';
import { targetNow } from '../time/target-now';
import { readDocuments, type ExecutionDocuments } from './documents';
import { describeProcesses } from './host-processes';
import { textOrReason } from './text-or-reason';
import { waitingLines } from './waiting-lines';
import { firstLine } from '../../line-of-text';

const STREAM_TAIL_LINES = 5;
/** Of a line of a stream, and of the payload of a log entry, characters. */
const MAX_LINE = 300;
/** Siblings that are drawn alike, from which on only the first is drawn. */
const FOLDED_SIBLINGS = 4;
/** Of a log. */
const SHOWN_ENTRIES = 100;
/** Executions of a failure whose documents are read. */
const READ_DOCUMENTS = 200;

const secondsText = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function statusText(status: Status): string {
  if (status === 'completed') return colors.green(status);
  return status === 'failed' || status === 'timeout' || status === 'abandoned'
    ? colors.red(status)
    : colors.yellow(status);
}

function durationText(node: ExecutionNode): string {
  if (node.started_at === undefined) return 'never started';
  const end = node.finished_at == null ? targetNow() : parseInstant(node.finished_at);
  return secondsText(end - parseInstant(node.started_at));
}

const streamTail = (name: string, text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-STREAM_TAIL_LINES)
    .map((line) => colors.dim(`${name}: ${shortened(line, MAX_LINE)}`));

/** The id, and the task, with the index of its item; of what is no task, the action. */
function nameOf({ id, action_ref, workflow_task: task }: ExecutionNode): [id: string, name: string] {
  if (!task) return [`${id}`, action_ref];
  return [`${id}`, `${task.task_name}${task.task_index === null ? '' : `[${task.task_index}]`}`];
}

function describeNode(node: ExecutionNode): string {
  const task = node.workflow_task;
  return [
    ...nameOf(node),
    ...(task?.round !== undefined && task.round > 1 ? [`round ${task.round}`] : []),
    ...(task && task.retry_count > 0 ? [`retry ${task.retry_count}`] : []),
    ...(node.attempt > 1 ? [`attempt ${node.attempt}`] : []),
    statusText(node.status),
    durationText(node),
    ...(node.exit_code === null ? [] : [`exit ${node.exit_code}`]),
    ...(node.timeout_level === null ? [] : [`limit of the ${node.timeout_level}`]),
    ...(node.waiting_for === null ? [] : [`waits for ${node.waiting_for}`]),
    ...(node.error === null ? [] : [colors.red(firstLine(node.error))]),
  ].join('  ');
}

function drawBranch(node: ExecutionNode, prefix: string, indent: string): string[] {
  const details = [
    ...(isProcessAwaited(node) ? describeProcesses(node).map((line) => colors.dim(line)) : []),
    ...streamTail('stdout', node.stdout_tail),
    ...streamTail('stderr', node.stderr_tail),
  ];
  const childIndent = node.children.length > 0 ? '│ ' : '  ';
  return [
    `${prefix}${describeNode(node)}`,
    ...details.map((line) => `${indent}${childIndent}${line}`),
    ...foldSiblings(node.children).flatMap((child, n, { length }) => {
      const isLast = n === length - 1;
      const start = `${indent}${isLast ? '└ ' : '├ '}`;
      if ('first' in child) return [`${start}${describeRest(child)}`];
      return drawBranch(child, start, `${indent}${isLast ? '  ' : '│ '}`);
    }),
  ];
}

/** Siblings that follow one that is drawn as they would be. */
interface FoldedSiblings {
  readonly first: ExecutionNode;
  readonly last: ExecutionNode;
  readonly count: number;
}

const describeRest = ({ first, last, count }: FoldedSiblings): string =>
  colors.dim(`… ${count} more of this kind, ${nameOf(first).join(' ')} to ${nameOf(last).join(' ')}`);

/** Of the items of a long list that ended in the same way, the first, and how many there are. */
function foldSiblings(children: readonly ExecutionNode[]): (ExecutionNode | FoldedSiblings)[] {
  const groups: ExecutionNode[][] = [];
  for (const child of children) {
    const group = groups.at(-1);
    if (group && kindOf(group[0]!) === kindOf(child)) group.push(child);
    else groups.push([child]);
  }
  return groups.flatMap((group) => {
    const [shown, first] = group;
    const isDrawn = group.length < FOLDED_SIBLINGS || isProcessAwaited(shown!);
    return isDrawn ? group : [shown!, { first: first!, last: group.at(-1)!, count: group.length - 1 }];
  });
}

/** Equal for items that differ in their ids, indexes, times and, if they completed, streams. */
function kindOf({ id, action_ref, workflow_task: task, ...node }: ExecutionNode): string {
  if (!task || task.task_index === null || node.children.length > 0) return `execution ${id}`;
  const { status, attempt, exit_code, timeout_level, waiting_for, error } = node;
  const streams = status === 'completed' ? [] : [node.stdout_tail, node.stderr_tail];
  const { task_name, round, retry_count } = task;
  const parts = [action_ref, task_name, round ?? null, retry_count, status, attempt, exit_code, timeout_level];
  return writeJson([...parts, waiting_for, error, ...streams]);
}

/** The platform waits for its end. */
const isProcessAwaited = ({ status, children }: ExecutionNode): boolean =>
  status === 'running' && children.length === 0;

/**
 * The tree as text: one line per execution, followed by its processes and the last lines of its
 * streams.
 */
export const drawTree = (root: ExecutionNode): string => drawBranch(root, 'execution ', '').join('\n');

function describeEntry(entry: LogEntry): string {
  const payload = writeJson(entry.payload);
  const worker = entry.worker === null ? '' : ` on worker ${entry.worker}`;
  return `${entry.type} ${entry.execution}${worker}${payload === '{}' ? '' : ` ${shortened(payload, MAX_LINE)}`}`;
}

/** The last entries of the log as text: seconds since the first of all, then the entry. */
export function drawTimeline(entries: readonly LogEntry[]): string {
  const first = entries[0];
  if (!first) return 'the log is empty';
  const start = parseInstant(first.created_at);
  const left = entries.length - SHOWN_ENTRIES;
  const lines = entries
    .slice(-SHOWN_ENTRIES)
    .map(
      (entry) =>
        `${((parseInstant(entry.created_at) - start) / 1_000).toFixed(3).padStart(8)}  ${describeEntry(entry)}`,
    );
  return [...(left > 0 ? [`… ${left} more entries before`] : []), ...lines].join('\n');
}

/** An execution and its descendants, as text. Never throws. */
export const executionTree = (client: Client, id: number): Promise<string> =>
  textOrReason(`tree of execution ${id}`, async () => drawTree(await client.executions.tree(id)));

type LackSubject = 'tree' | 'log' | 'reasons' | 'documents';

/** What a target shows of an execution and its descendants. */
export interface ExecutionEvidence {
  readonly id: number;
  readonly tree: ExecutionNode | null;
  readonly log: readonly LogEntry[] | null;
  /** Why it has not ended; null: it has, or the target does not state that. */
  readonly waiting: Waiting | null;
  /** Of some of the executions of the tree: what they were given, and have returned. */
  readonly documents: readonly ExecutionDocuments[];
  /** What it does not show, and why. */
  readonly lacks: readonly { readonly subject: LackSubject; readonly reason: string }[];
}

/** Reads the tree, the log, the reasons and the documents of each execution. Never throws. */
export const readExecutions = (client: Client, ids: readonly number[]): Promise<ExecutionEvidence[]> =>
  Promise.all(
    ids.map(async (id) => {
      const lacks: { subject: LackSubject; reason: string }[] = [];
      const orLack = <T>(subject: LackSubject, reading: Promise<T>): Promise<T | null> =>
        reading.catch((error: unknown) => {
          lacks.push({ subject, reason: reasonWithoutId(error, id) });
          return null;
        });
      const tree = await orLack('tree', client.executions.tree(id));
      const log = await orLack('log', client.executions.log(id));
      const isOpen = tree !== null && !isTerminal(tree.status);
      const waiting = isOpen ? await orLack('reasons', nullOn404(client.executions.waiting(id))) : null;
      const most = Math.ceil(READ_DOCUMENTS / ids.length);
      const documents = tree && (await orLack('documents', readDocuments(client, tree, most)));
      return { id, tree, log, waiting, documents: documents ?? [], lacks };
    }),
  );

/**
 * The reasons and the log of each execution as text, `needsTrees`: after its tree. What the
 * target does not show, and why, is one line for all of them.
 */
export function describeExecutions(executions: readonly ExecutionEvidence[], needsTrees: boolean): string[] {
  const parts = executions.flatMap(({ tree, log, waiting }) => [
    ...(needsTrees && tree ? [drawTree(tree), ''] : []),
    ...(waiting ? [...waitingLines(waiting), ''] : []),
    ...(log ? [drawTimeline(log), ''] : []),
  ]);
  const lines = (needsTrees ? (['tree', 'log', 'reasons'] as const) : (['log', 'reasons'] as const)).flatMap(
    (subject) => lackLines(subject, executions),
  );
  return [...parts, ...lines, ...(lines.length > 0 ? [''] : [])];
}

/** A line for each reason, with the executions of which the target does not show this. */
function lackLines(subject: LackSubject, executions: readonly ExecutionEvidence[]): string[] {
  const idsByReason = new Map<string, number[]>();
  for (const { id, lacks } of executions)
    for (const { reason } of lacks.filter((lack) => lack.subject === subject))
      idsByReason.set(reason, [...(idsByReason.get(reason) ?? []), id]);
  return [...idsByReason].map(([reason, ids]) => {
    const list = ids.sort((a, b) => a - b).join(', ');
    return `no ${subject} of execution${ids.length === 1 ? '' : 's'} ${list}: ${reason}`;
  });
}

/** One line that is the same for every execution with the same problem. */
const reasonWithoutId = (error: unknown, id: number): string =>
  messageOf(error)
    .replaceAll(`/executions/${id}`, '/executions/{id}')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
