import { graphOf } from '../workflow/graph';
import type { StoredTransition } from '../workflow/types';
import { withRequestLimit } from '../workflow/definition';
import { executionsText, firstIds, type Draft } from './draft';
import { advanceReason, pauseReason } from './engine-reasons';
import type { WaitingExecution, WaitingInquiry, WaitingRun } from './facts';
import { concurrencyReason } from './queued-reasons';
import type { WaitingTree } from './waiting-tree';

/** Why a workflow that has started has not ended. */
export function workflowReasons(tree: WaitingTree, execution: WaitingExecution, run: WaitingRun): Draft[] {
  const { id, status } = execution;
  const paused = tree.pausedBy(id);
  const unprocessed = tree.unprocessedChildren(id);
  const reasons = [
    ...(paused === null ? [] : [pauseReason(id, paused)]),
    ...unprocessed.flatMap((child) => answeredReason(tree, id, child) ?? []),
  ];
  const timer = timerReasons(execution, run);
  if (status === 'paused') return [...reasons, ...timer];
  const others = [...joinReasons(run), ...childReasons(tree, id)];
  if (unprocessed.length > 0 || others.length === 0) others.push(advanceReason(tree, id, unprocessed));
  return [...reasons, ...others, ...timer];
}

/** The limit of the whole run, as its engine applies it: of the request, where it is shorter. */
function timerReasons({ id, task_name: task, started_at }: WaitingExecution, run: WaitingRun): Draft[] {
  const { due_at, is_over, definition, requested_seconds } = run;
  if (due_at === null || definition === null) return [];
  const { limit } = requested_seconds === null ? definition : withRequestLimit(definition, requested_seconds);
  if (limit === null) return [];
  const owner =
    limit.level === 'request' ? 'its request' : task === null ? 'its workflow' : `the workflow of task ${task}`;
  const text = `the limit of ${owner}, ${limit.seconds} s`;
  return [
    {
      kind: 'timer',
      execution: id,
      since: started_at,
      due_at,
      source: { resource: 'executions', id },
      limit_seconds: limit.seconds,
      limit_level: limit.level,
      task,
      phrase: is_over
        ? `its engine to end it: ${text}, passed at ${due_at}`
        : `its timer: ${text}, ends it at ${due_at}`,
    },
  ];
}

/** The inquiry of a child has ended, and so has the child; the workflow has not processed that. */
function answeredReason(tree: WaitingTree, workflow: number, child: WaitingExecution): Draft | null {
  const inquiry = tree.inquiryOf(child.id);
  if (inquiry === undefined || inquiry.status === 'pending') return null;
  return inquiryReason(workflow, inquiry, 'its engine');
}

const END_TEXTS: Readonly<Record<Exclude<WaitingInquiry['status'], 'pending'>, string>> = {
  responded: 'was answered',
  timeout: 'expired',
  cancelled: 'was cancelled',
};

/** `processor`: what is to process the end of an inquiry that is not pending. */
export function inquiryReason(execution: number, inquiry: WaitingInquiry, processor: string): Draft {
  const { id, status, assigned_to, timeout_at, created, updated } = inquiry;
  const isPending = status === 'pending';
  return {
    kind: 'inquiry',
    execution,
    since: isPending ? created : updated,
    due_at: isPending ? timeout_at : null,
    source: { resource: 'inquiries', id },
    inquiry: id,
    status,
    assigned_to,
    phrase: isPending
      ? pendingPhrase(inquiry)
      : `${processor} to process the end of inquiry ${id}, which ${END_TEXTS[status]} at ${updated}`,
  };
}

function pendingPhrase({ id, timeout_at, is_overdue }: WaitingInquiry): string {
  if (timeout_at !== null && is_overdue) return `the platform to expire inquiry ${id}, which was due at ${timeout_at}`;
  return `a response to inquiry ${id}, which is pending${timeout_at === null ? '' : ` and expires at ${timeout_at}`}`;
}

const sourceOf = (fired: StoredTransition): string => (typeof fired === 'string' ? fired : fired.from);

/** The tasks to which some transitions have fired, and fewer than their joins need. */
const joinReasons = ({ execution, tasks, definition, updated }: WaitingRun): Draft[] =>
  Object.entries(tasks).flatMap(([task, { status, arrivals }]) => {
    const needed = definition?.tasks.get(task)?.join ?? 1;
    if (status !== 'pending' || definition === null || arrivals.length === 0) return [];
    const arrived = [...new Set(arrivals.map(sourceOf))];
    const missing = (graphOf(definition).predecessors.get(task) ?? [])
      .filter((name) => !arrived.includes(name))
      .map((name) => ({ task: name, status: tasks[name]?.status ?? null }));
    const absent = missing.map(({ task: name, status: of }) => `${name} (${of ?? 'not started'})`).join(', ');
    const without = absent === '' ? '' : `, without ${absent}`;
    return [
      {
        kind: 'join',
        execution,
        since: updated,
        due_at: null,
        source: { resource: 'executions', id: execution },
        task,
        needed,
        arrived,
        missing,
        phrase: `the join of task ${task}: ${arrived.length} of ${needed} transitions have fired${without}`,
      },
    ];
  });

/** The open executions of a workflow, by task and round; of a list, its first waiting item too. */
function childReasons(tree: WaitingTree, id: number): Draft[] {
  const groups = new Map<string, WaitingExecution[]>();
  for (const child of tree.openChildren(id)) {
    const key = `${child.task_round} ${child.task_name}`;
    groups.set(key, [...(groups.get(key) ?? []), child]);
  }
  return [...groups.values()].flatMap((open) => taskReasons(tree, id, open));
}

function taskReasons(tree: WaitingTree, id: number, open: readonly WaitingExecution[]): Draft[] {
  const started = open.filter(({ released, task_index }) => released || task_index === null);
  const waiting = open.filter((child) => !started.includes(child));
  const shown = firstIds(started.length > 0 ? started : open);
  const task = open[0]!.task_name ?? '';
  const concurrency = waiting[0] && tree.pausedBy(id) === null ? concurrencyReason(tree, waiting[0]) : null;
  return [
    {
      kind: 'child',
      execution: id,
      since: open[0]!.created,
      due_at: null,
      source: { resource: 'executions', id: shown[0]! },
      task,
      executions: shown,
      open: open.length,
      phrase: `${executionsText(shown, open.length)} of task ${task} to end`,
    },
    ...(concurrency === null ? [] : [concurrency]),
  ];
}
