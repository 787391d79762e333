import chalk from 'chalk';
import type { ExecutionNode, LogEntry } from '../contract/executions';
import type { Status } from '../contract/status';
import type { Client } from './client/client';
import { messageOf } from './errors';
import { instant } from './instant';

/** Colours, unless NO_COLOR is set (no-color.org): chalk 4 does not look at it. */
export const paint = new chalk.Instance({ level: process.env.NO_COLOR ? 0 : chalk.level });

const TAIL_LINES = 5;

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

function statusText(status: Status): string {
  if (status === 'completed') return paint.green(status);
  return status === 'failed' || status === 'timeout' || status === 'abandoned'
    ? paint.red(status)
    : paint.yellow(status);
}

function lasted(node: ExecutionNode): string {
  if (node.started_at === undefined) return 'never started';
  const end = node.finished_at == null ? performance.timeOrigin + performance.now() : instant(node.finished_at);
  return seconds(end - instant(node.started_at));
}

const tail = (name: string, text: string): string[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .slice(-TAIL_LINES)
    .map((line) => paint.dim(`${name}: ${line}`));

function factsOf(node: ExecutionNode): string {
  const task = node.workflow_task;
  return [
    `${node.id}`,
    task ? `${task.task_name}${task.task_index === undefined ? '' : `[${task.task_index}]`}` : node.action_ref,
    ...(task && task.retry_count > 0 ? [`retry ${task.retry_count}`] : []),
    ...(node.attempt > 1 ? [`attempt ${node.attempt}`] : []),
    statusText(node.status),
    lasted(node),
    ...(node.exit_code === null ? [] : [`exit ${node.exit_code}`]),
    ...(node.timeout_level === null ? [] : [`limit of the ${node.timeout_level}`]),
    ...(node.waiting_for === null ? [] : [`waits for ${node.waiting_for}`]),
    ...(node.error === null ? [] : [paint.red(node.error.split('\n')[0]!)]),
  ].join('  ');
}

function branch(node: ExecutionNode, lead: string, indent: string): string[] {
  const streams = [...tail('stdout', node.stdout_tail), ...tail('stderr', node.stderr_tail)];
  const below = node.children.length > 0 ? '│ ' : '  ';
  return [
    `${lead}${factsOf(node)}`,
    ...streams.map((line) => `${indent}${below}${line}`),
    ...node.children.flatMap((child, n) => {
      const last = n === node.children.length - 1;
      return branch(child, `${indent}${last ? '└ ' : '├ '}`, `${indent}${last ? '  ' : '│ '}`);
    }),
  ];
}

/** The tree as text: one line an execution, its streams' last lines below it. */
export const drawTree = (root: ExecutionNode): string => branch(root, 'execution ', '').join('\n');

function stationOf(entry: LogEntry): string {
  const payload = JSON.stringify(entry.payload);
  return `${entry.type} ${entry.execution}${entry.worker === null ? '' : ` on worker ${entry.worker}`}${payload === '{}' ? '' : ` ${payload}`}`;
}

/** The log as text: seconds since its first entry, then what happened. */
export function drawTimeline(entries: readonly LogEntry[]): string {
  const first = entries[0];
  if (!first) return 'the log is empty';
  const start = instant(first.created_at);
  return entries
    .map((entry) => `${((instant(entry.created_at) - start) / 1_000).toFixed(3).padStart(8)}  ${stationOf(entry)}`)
    .join('\n');
}

/** Text of something that may fail to load: evidence never throws, it says what it could not get. */
async function attempt(what: string, draw: () => Promise<string>): Promise<string> {
  try {
    return await draw();
  } catch (error) {
    return `no ${what}: ${messageOf(error)}`;
  }
}

/** An execution and all below it, as text. Never throws. */
export const executionTree = (client: Client, id: number): Promise<string> =>
  attempt(`tree of execution ${id}`, async () => drawTree(await client.executions.tree(id)));

/** What happened when, in an execution and below, as text. Never throws. */
export const timeline = (client: Client, id: number): Promise<string> =>
  attempt(`log of execution ${id}`, async () => drawTimeline(await client.executions.log(id)));
