import type { Expectation, ExpectedChild, ExpectedRun } from './expectation';
import type { JsonObject } from '../../../../contract/json';
import { retryCount } from './retries';
import type { ModelCase } from './model-case';
import { recordOf } from './record';
import { FIRST } from './schedules';
import { simulate, type Schedule } from './simulate';
import { labelOf, type ChildRun, type TaskRun, type WorkflowRun } from './state';

/** What must be observed of a case. Throws ModelError for what the model does not predict. */
export function expectationOf(modelCase: ModelCase, schedule: Schedule = FIRST): Expectation {
  const { root, world } = simulate(modelCase, schedule);
  const processes = [...world.starts.values()].reduce((sum, count) => sum + count, 0);
  const { rounds, pauses } = world;
  const record = recordOf(root, world, Object.keys(modelCase.workflows).at(-1)!);
  return { rounds, pauses, record, run: runOf(root), finished: root.finishedAt!, processes };
}

function runOf(run: WorkflowRun): ExpectedRun {
  const tasks = [...run.earlier, ...run.tasks.values()];
  const children = tasks.flatMap((taskRun) => taskRun.children);
  const order = children
    .filter(hasStarted)
    .flatMap((child) => child.after.map((each) => `${each} < ${labelOf(child)}`));
  const overlaps = tasks.flatMap((taskRun) => overlapOf(taskRun));
  return {
    status: run.status,
    output: run.output,
    failedTasks: run.failedTasks,
    children: children.map(childOf).sort((a, b) => (a.label < b.label ? -1 : 1)),
    order: order.sort(),
    overlap: Object.fromEntries(overlaps),
  };
}

const hasStarted = ({ program, inquiry, workflow }: ChildRun): boolean => (program ?? inquiry ?? workflow) !== null;

function overlapOf({ task, children }: TaskRun): [string, number][] {
  const started = new Set(children.filter(hasStarted).map(({ index }) => index)).size;
  if (task.with_items === undefined || started === 0) return [];
  return [[task.name, Math.min(task.concurrency ?? 1, started)]];
}

function childOf(child: ChildRun): ExpectedChild {
  const { taskRun, status, retry, config, program, inquiry, workflow } = child;
  const isProcess = program !== null && program.key !== null;
  const result: JsonObject = child.result ?? {};
  return {
    label: labelOf(child),
    status,
    triggeredBy: taskRun.triggeredBy,
    maxRetries: retryCount(taskRun.task.retry),
    originalExecution: retry === 0 ? null : labelOf({ ...child, retry: 0 }),
    parameters: config,
    received: isProcess && status !== 'cancelled' ? config : null,
    exitCode: status !== 'cancelled' && typeof result.exit_code === 'number' ? result.exit_code : null,
    error: typeof result.error === 'string' && status !== 'cancelled' ? result.error : null,
    starts: isProcess ? 1 : 0,
    isTimedOut: status === 'timeout',
    inquiries: inquiry ? [inquiry] : [],
    workflow: workflow && runOf(workflow),
  };
}
