import { writeFileSync } from 'node:fs';
import { logToEnd } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import { taskName } from './child-executions';
import { inquiryTask } from './inquiry-task';
import { noopTask, onSuccess, task, type Task, type Transition } from './workflow-task';

const gateOf = ({ ledger }: Pick<Context, 'ledger'>): string => `${ledger.path}.gate`;

/** A task whose program runs until `openGate`. Returns its number of starts as `attempt`. */
export const gatedTask = (ctx: Context, name: string, ...next: Transition[]): Task =>
  task(ctx, name, 'exit-by-attempt', { exits: 'gate0', gate: gateOf(ctx) }, ...next);

/** Ends the programs of all tasks with a gate. */
export const openGate = (ctx: Context): void => writeFileSync(gateOf(ctx), '');

/** The task `gate` with an inquiry, and `last` after it. */
export const INQUIRY_FIRST: readonly Task[] = [inquiryTask({}, { next: [onSuccess('last')] }), noopTask('last')];

/** The children of a workflow, oldest first: `gate completed`. */
export const childStatuses = async ({ client }: Pick<Context, 'client'>, id: number): Promise<string[]> =>
  (await client.executions.children(id)).map((child) => `${taskName(child)} ${child.status}`);

/** The pauses and resumes in the log of a workflow that has ended, each with its execution. */
export const pausesOf = async (ctx: Pick<Context, 'client' | 'deadline'>, id: number): Promise<[number, string][]> =>
  (await until(logToEnd(ctx.client, id), ctx.deadline)).flatMap(({ execution, type }): [number, string][] =>
    type === 'EXECUTION_PAUSED' || type === 'EXECUTION_RESUMED' ? [[execution, type]] : [],
  );

/** What requests to pause or to resume returned: the statuses, and whether they had an effect. */
export const changesOf = (responses: readonly { status: string; changed: boolean }[]): [string, boolean][] =>
  responses.map(({ status, changed }) => [status, changed]);
