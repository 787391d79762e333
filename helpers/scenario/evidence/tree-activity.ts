import type { ExecutionNode } from '../../../contract/executions';
import { isTerminal } from '../../../contract/status';
import type { WaitingReason } from '../../../contract/waiting';
import type { Client } from '../../client/client';
import { parseInstant } from '../../instant';
import { ifReadable } from '../if-readable';
import { olderParent } from '../older-parent';
import type { Activity } from '../standstill';
import { targetNow } from '../time/target-now';

/** Of the whole tree to which an execution belongs. */
export const treeActivity = (client: Client, id: number): Promise<Activity> => underClock(client, treeRows(client, id));

/** An activity without what the clock of the tenant says about it. */
export type Rows = Omit<Activity, 'isSettled'>;

/**
 * Under a clock that stands still, with nothing due by it or in flight, only a move of the clock
 * or a request changes the rows of the tenant. The clock is read after the rows.
 */
export async function underClock(client: Client, reading: Promise<Rows>): Promise<Activity> {
  const rows = await reading;
  const clock = await ifReadable(client.clock.get());
  const isSettled = clock?.mode === 'pinned' && clock.due + clock.in_flight === 0;
  return { ...rows, isSettled, ...(isSettled && { pending: [] }) };
}

export async function treeRows(client: Client, id: number): Promise<Rows> {
  const root = await readWholeTree(client, id);
  const nodes = nodesOf(root);
  const unfinished = nodes.filter(({ status }) => !isTerminal(status));
  const reasons = unfinished.length === 0 ? [] : await statedReasons(client, root.id);
  const parts = await Promise.all(unfinished.map((node) => partOf(client, node, reasons)));
  return {
    state: nodes.map(({ id: each, status, attempt, updated }) => `${each} ${status} ${attempt} ${updated}`).join('\n'),
    changedAt: latestOf(nodes.map(({ updated }) => updated)),
    open: parts.map(({ text }) => text),
    pending: parts.flatMap(({ text, isPending }) => (isPending ? [text] : [])),
    isFinal: false,
  };
}

/** The latest of some instants, RFC 3339; null: there is none. */
export const latestOf = (instants: readonly string[]): string | null =>
  [...instants].sort((a, b) => parseInstant(a) - parseInstant(b)).at(-1) ?? null;

/** What a part of the tree waits for may be another one. */
async function readWholeTree(client: Client, id: number): Promise<ExecutionNode> {
  const tree = await client.executions.tree(id);
  const parent = olderParent(id, tree);
  return parent === null ? tree : readWholeTree(client, parent);
}

const nodesOf = (node: ExecutionNode): ExecutionNode[] => [node, ...node.children.flatMap(nodesOf)];

interface Part {
  readonly text: string;
  /** It runs, or something of it is due at a later instant. */
  readonly isPending: boolean;
}

/** What the platform states of a tree; empty on a target that does not. */
const statedReasons = async (client: Client, root: number): Promise<readonly WaitingReason[]> =>
  (await ifReadable(client.executions.waiting(root)))?.reasons ?? [];

/** Reasons that end by themselves, unless the instant at which they were to end has passed. */
const ENDING: readonly WaitingReason['kind'][] = ['process', 'environment', 'slot', 'worker', 'recovery'];
/** Reasons that end at an instant, if they have one. */
const TIMED: readonly WaitingReason['kind'][] = ['retry', 'inquiry', 'timer'];

function endsByItself({ kind, due_at }: WaitingReason): boolean {
  if (kind === 'lease') return true;
  if (due_at !== null) return [...ENDING, ...TIMED].includes(kind) && isLater(parseInstant(due_at));
  return ENDING.includes(kind);
}

/** One execution that has not ended: as the platform states it, else as single reads show it. */
async function partOf(client: Client, node: ExecutionNode, reasons: readonly WaitingReason[]): Promise<Part> {
  const own = reasons.filter(({ execution }) => execution === node.id);
  return own.length > 0 ? { text: textOf(node), isPending: own.some(endsByItself) } : readPart(client, node);
}

const textOf = ({ id, action_ref, status, workflow_task, waiting_for }: ExecutionNode): string => {
  const waits = waiting_for === null ? '' : ` and waits for ${waiting_for}`;
  return `execution ${id} (${workflow_task?.task_name ?? action_ref}) is ${status}${waits}`;
};

async function readPart(client: Client, node: ExecutionNode): Promise<Part> {
  const { id, started_at: startedAt } = node;
  const text = textOf(node);
  const limit = await limitOf(client, node);
  if (limit === null || startedAt === undefined) return { text, isPending: await runsOrIsDue(client, node) };
  if (isLater(parseInstant(startedAt) + limit * 1_000))
    return { text: `${text}, with a limit of ${limit} s`, isPending: true };
  const isPending = !(await isRunByWorker(client, id)) && (await runsOrIsDue(client, node));
  return { text: `${text}, and its limit of ${limit} s has passed`, isPending };
}

/** It runs or is due on its own, and not by a part of it. */
async function runsOrIsDue(client: Client, node: ExecutionNode): Promise<boolean> {
  const { id, status, children } = node;
  if (children.some((child) => !isTerminal(child.status)) || status === 'paused') return false;
  if (status === 'requested') return isDue(client, node);
  if (status !== 'running' && status !== 'canceling') return true;
  return (await client.executions.get(id)).worker !== null || hasExpiringInquiry(client, id);
}

async function isRunByWorker(client: Client, id: number): Promise<boolean> {
  const { status, worker } = await client.executions.get(id);
  return status === 'running' && worker !== null;
}

/** It is planned for a later instant, or no worker can take it now. */
async function isDue(client: Client, { workflow_task }: ExecutionNode): Promise<boolean> {
  const retryAt = workflow_task?.next_retry_at ?? null;
  return isLater(retryAt === null ? null : parseInstant(retryAt)) || !(await hasFreeWorker(client));
}

const isLater = (instant: number | null): boolean => instant !== null && instant > targetNow();

async function hasFreeWorker(client: Client): Promise<boolean> {
  const workers = await ifReadable(client.workers.list({ role: 'action' }));
  return (workers ?? []).some(({ health_state: state, cordoned }) => state === 'active' && !cordoned);
}

const hasExpiringInquiry = async (client: Client, execution: number): Promise<boolean> =>
  (await client.inquiries.ofExecution(execution)).some(
    ({ status, timeout_at: at }) => status === 'pending' && isLater(at === null ? null : parseInstant(at)),
  );

/** The limit of the task, or of its action, seconds; 0 is none. */
async function limitOf(client: Client, { workflow_task, action_ref }: ExecutionNode): Promise<number | null> {
  const ofTask = workflow_task?.timeout_seconds ?? null;
  if (ofTask !== null) return ofTask || null;
  return (await ifReadable(client.actions.get(action_ref)))?.timeout_seconds || null;
}
