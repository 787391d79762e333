import type { Json, JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { NO_OUTCOME } from '../expressions/evaluator/scope';
import { cancelWorkflow } from './cancel';
import { endChild } from './children';
import { exitResult, limitResult } from './exit-by-attempt';
import { ModelError } from './model-error';
import type { ModelCase } from './model-case';
import { pathOf, type ChildRun, type Signal, type WorkflowRun, type World } from './state';
import { endSkippedTask, endTask, scopeOf, startTask } from './tasks';
import { renderObject } from '../expressions/evaluator/template';
import { createWorkflowRun, entryTasks, unhandledTasks, workflowResult } from './workflows';

/** Selects what happens next. What must be observed may not depend on it. */
export interface Schedule {
  /** Which of the running children ends. */
  child(children: readonly ChildRun[]): ChildRun;
  /** Which of the signals is handled. */
  signal(signals: readonly Signal[]): Signal;
}

/** Runs a case to its end. Throws ModelError for what the model does not predict. */
export function simulate(modelCase: ModelCase, schedule: Schedule): { root: WorkflowRun; world: World } {
  const world: World = { modelCase, starts: new Map(), rounds: [], signals: [], isGateOpen: false };
  const workflow = Object.values(modelCase.workflows).at(-1)!;
  const root = createWorkflowRun(world, workflow, modelCase.parameters, null);
  world.signals.push({ is: 'workflow started', run: root });
  for (;;) {
    handleSignals(world, schedule);
    const ending = runningLeaves(root).filter(endsByItself);
    if (ending.length > 0) endLeaf(schedule.child(ending));
    else if (isTerminal(root.status)) return { root, world };
    else startRound(world, root);
  }
}

/** Workflows end after all that is left to do in them. */
function handleSignals({ signals }: World, schedule: Schedule): void {
  while (signals.length > 0) {
    const pending = signals.filter(({ is }) => is !== 'task finished');
    const signal = pending.length > 0 ? schedule.signal(pending) : signals[0]!;
    signals.splice(signals.indexOf(signal), 1);
    apply(signal);
  }
}

function apply(signal: Signal): void {
  switch (signal.is) {
    case 'workflow started': {
      const trigger = { by: null, result: null, outcome: NO_OUTCOME, after: [] };
      const { run } = signal;
      for (const task of entryTasks(run.workflow)) run.world.signals.push({ is: 'task started', run, task, trigger });
      run.world.signals.push({ is: 'task finished', run });
      return;
    }
    case 'task started':
      return startTask(signal.run, signal.task, signal.trigger);
    case 'task skipped':
      return endSkippedTask(signal.taskRun, signal.trigger);
    case 'task ended':
      return endTask(signal.taskRun, signal.last);
    case 'task finished':
      return finishIfIdle(signal.run);
  }
}

/** A workflow ends when no task of it runs; a join that is not met then never starts. */
function finishIfIdle(run: WorkflowRun): void {
  if (isTerminal(run.status) || [...run.tasks.values()].some(({ status }) => status === 'running')) return;
  if (run.status === 'canceling') run.status = 'cancelled';
  else {
    run.failedTasks = unhandledTasks(run);
    run.status = run.failedTasks.length > 0 ? 'failed' : 'completed';
    if (run.status === 'completed') run.output = outputOf(run);
  }
  if (run.owner) endChild(run.owner, run.status, workflowResult(run));
}

/** An entry that cannot be rendered is left out. */
function outputOf(run: WorkflowRun): JsonObject {
  const scope = scopeOf(run, { result: run.lastView, outcome: NO_OUTCOME });
  return Object.entries(run.workflow.parts.output_map ?? {}).reduce<JsonObject>((output, [name, value]) => {
    try {
      return { ...output, ...renderObject({ [name]: value }, scope) };
    } catch (error) {
      if (error instanceof ExpressionError) return output;
      throw error;
    }
  }, {});
}

/** The children of a workflow and of those that it called. */
const allChildren = (run: WorkflowRun): ChildRun[] =>
  [...run.earlier, ...run.tasks.values()].flatMap(({ children }) =>
    children.flatMap((child) => [child, ...(child.workflow ? allChildren(child.workflow) : [])]),
  );

/** The running processes and inquiries. */
const runningLeaves = (run: WorkflowRun): ChildRun[] =>
  allChildren(run).filter(({ status, workflow }) => status === 'running' && !workflow);

const limitSeconds = ({ taskRun: { task } }: ChildRun): number | null => task.timeout ?? null;

/** No limit of this length or more is exceeded: nothing that is awaited takes that long, s. */
const LONG_SECONDS = 20;

const isShort = (seconds: Json | undefined): boolean => typeof seconds === 'number' && seconds < LONG_SECONDS;

function endsByItself(child: ChildRun): boolean {
  const { world } = child.taskRun.run;
  if (child.inquiry) return isShort(limitSeconds(child)) || isShort(child.config?.timeout_seconds);
  switch (child.process?.end.is) {
    case 'exit':
      return true;
    case 'gate':
      return world.isGateOpen;
    default:
      return isShort(limitSeconds(child) ?? undefined);
  }
}

function endLeaf(child: ChildRun): void {
  const { inquiry, process, config } = child;
  if (inquiry) return expire(child);
  if (!process) throw new ModelError(`nothing runs in ${pathOf(child)}`);
  const params = config ?? {};
  if (process.end.is === 'never') {
    const seconds = limitSeconds(child) ?? 0;
    return endChild(child, 'failed', limitResult(params, process.attempt, seconds));
  }
  const { code } = process.end;
  endChild(child, code === 0 ? 'completed' : 'failed', exitResult(params, process.attempt, code));
}

/** The earliest limit of an inquiry has passed. */
function expire(child: ChildRun): void {
  const fallback = child.config?.default_response;
  const hasDefault = fallback !== undefined && fallback !== null;
  child.inquiry = { status: 'timeout', response: hasDefault ? fallback : null, isDefault: hasDefault };
  if (hasDefault) return endChild(child, 'completed', { response: fallback });
  endChild(child, 'timeout', { error: 'inquiry timed out' });
}

/** Nothing happens any more: the test responds to the inquiries, or cancels, or opens the gate. */
function startRound(world: World, root: WorkflowRun): void {
  const { responses, isCancelled } = world.modelCase;
  const leaves = runningLeaves(root);
  const pending = leaves.filter(({ inquiry }) => inquiry);
  const answered = pending.filter(({ taskRun: { task } }) => Object.hasOwn(responses, task.name));
  const held = leaves.flatMap(({ process }) => process ?? []).filter(({ end }) => end.is === 'gate');
  const state = {
    status: root.status,
    children: Object.fromEntries(
      allChildren(root)
        .map((child) => [pathOf(child), child.status] as const)
        .sort(),
    ),
    starts: Object.fromEntries(held.map(({ key, attempt }) => [key, attempt] as const).sort()),
    responses: Object.fromEntries(answered.map((child) => [pathOf(child), responses[child.taskRun.task.name]!])),
  };
  if (answered.length > 0) {
    world.rounds.push({ ...state, then: 'respond' });
    answered.forEach((child) => respond(child, responses[child.taskRun.task.name]!));
  } else if (isCancelled && root.status === 'running') {
    world.rounds.push({ ...state, then: 'cancel' });
    cancelWorkflow(root, root.workflow.parts.cancellation_policy ?? 'allow_finish');
  } else if (held.length > 0 && !world.isGateOpen) {
    world.rounds.push({ ...state, then: 'open gate' });
    world.isGateOpen = true;
  } else throw new ModelError(`the case never ends: ${leaves.map(pathOf).join(', ')}`);
}

function respond(child: ChildRun, response: Json): void {
  child.inquiry = { status: 'responded', response, isDefault: false };
  endChild(child, 'completed', { response });
}
