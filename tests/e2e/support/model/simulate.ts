import type { Json, JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { cancelWorkflow } from './cancel';
import { endChild } from './children';
import { dueNow, nextDue, type Due } from './limits';
import { logRun } from './log';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { NO_OUTCOME } from '../expressions/evaluator/scope';
import { ModelError } from './model-error';
import type { ModelCase } from './model-case';
import { exitResult } from './results';
import { allChildren, pathOf, runningLeaves, type ChildRun, type Signal, type WorkflowRun, type World } from './state';
import { scopeOf } from './outcome';
import { endSkippedTask, endTask, startTask } from './tasks';
import { renderObject } from '../expressions/evaluator/template';
import { createWorkflowRun, entryTasks, skipUnmetJoins, unhandledTasks, workflowResult } from './workflows';

/** Selects what happens next. What must be observed may not depend on it. */
export interface Schedule {
  /** Which of the running children ends. */
  child(children: readonly ChildRun[]): ChildRun;
  /** Which of the signals is handled. */
  signal(signals: readonly Signal[]): Signal;
}

/** Runs a case to its end. Throws ModelError for what the model does not predict. */
export function simulate(modelCase: ModelCase, schedule: Schedule): { root: WorkflowRun; world: World } {
  const world: World = {
    modelCase,
    now: 0,
    starts: new Map(),
    rounds: [],
    pauses: [],
    log: [],
    signals: [],
    isGateOpen: false,
  };
  const workflow = Object.values(modelCase.workflows).at(-1)!;
  const root = createWorkflowRun(world, workflow, modelCase.parameters, null);
  world.signals.push({ is: 'workflow started', run: root });
  for (;;) {
    handleSignals(world, schedule);
    const ready = [...runningLeaves(root).flatMap(exitOf), ...dueNow(root)];
    if (ready.length > 0) chooseFrom(ready, schedule).happen();
    else if (isTerminal(root.status)) return { root, world };
    else if (!passTime(world, root)) startRound(world, root);
  }
}

function chooseFrom(ready: readonly Due[], schedule: Schedule): Due {
  const child = schedule.child(ready.map((each) => each.child));
  return ready.find((each) => each.child === child)!;
}

/** Lets the time pass until something is due. Returns false if nothing is. */
function passTime(world: World, root: WorkflowRun): boolean {
  const at = nextDue(root);
  if (at === null) return false;
  pauseHere(world, root, null);
  world.now = at;
  return true;
}

const startCount = ({ starts }: World): number => [...starts.values()].reduce((sum, count) => sum + count, 0);

function pauseHere(world: World, root: WorkflowRun, round: World['rounds'][number] | null): void {
  const running = runningLeaves(root).filter(({ program }) => program).length;
  world.pauses.push({ at: world.now, running, starts: startCount(world), round });
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
      logRun(run, 'EXECUTION_STARTED');
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
    skipUnmetJoins(run);
    run.failedTasks = unhandledTasks(run);
    run.status = run.failedTasks.length > 0 ? 'failed' : 'completed';
    if (run.status === 'completed') run.output = outputOf(run);
  }
  run.finishedAt = run.world.now;
  const result = workflowResult(run);
  logRun(run, END_ENTRIES[run.status as 'failed'], run.status === 'completed' ? {} : { error: result.error! });
  if (run.owner) endChild(run.owner, run.status, result);
}

const END_ENTRIES = {
  completed: 'EXECUTION_COMPLETED',
  failed: 'EXECUTION_FAILED',
  cancelled: 'EXECUTION_CANCELLED',
} as const;

/** An entry that cannot be rendered is left out. */
function outputOf(run: WorkflowRun): JsonObject {
  const scope = scopeOf(run, { result: run.lastView, outcome: NO_OUTCOME });
  return Object.entries(run.workflow.parts.output_map ?? {}).reduce<JsonObject>((output, [name, value]) => {
    try {
      return { ...output, ...renderObject({ [name]: value }, scope) };
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      logRun(run, 'WARNING', { output: name, hasReason: true });
      return output;
    }
  }, {});
}

function exitOf(child: ChildRun): Due[] {
  const { program, taskRun } = child;
  const end = program?.end;
  if (!program || !end || end.is === 'never' || (end.is === 'gate' && !taskRun.run.world.isGateOpen)) return [];
  const status = end.code === 0 ? 'completed' : 'failed';
  return [{ child, happen: () => endChild(child, status, exitResult(program, end.code)) }];
}

/** Nothing happens any more: the test responds to the inquiries, or cancels, or opens the gate. */
function startRound(world: World, root: WorkflowRun): void {
  const { responses, isCancelled } = world.modelCase;
  const leaves = runningLeaves(root);
  const pending = leaves.filter(({ inquiry }) => inquiry);
  const answered = pending.filter(({ taskRun: { task } }) => Object.hasOwn(responses, task.name));
  const held = leaves.flatMap(({ program }) => (program?.end.is === 'gate' ? (program.key ?? []) : []));
  const state = {
    status: root.status,
    children: Object.fromEntries(
      allChildren(root)
        .map((child) => [pathOf(child), child.status] as const)
        .sort(),
    ),
    starts: Object.fromEntries(held.map((key) => [key, world.starts.get(key)!] as const).sort()),
    responses: Object.fromEntries(answered.map((child) => [pathOf(child), responses[child.taskRun.task.name]!])),
  };
  const act = (then: World['rounds'][number]['then']) => {
    world.rounds.push({ ...state, then });
    pauseHere(world, root, world.rounds.at(-1)!);
  };
  if (answered.length > 0) {
    act('respond');
    answered.forEach((child) => respond(child, responses[child.taskRun.task.name]!));
  } else if (isCancelled && root.status === 'running') {
    act('cancel');
    logRun(root, 'CANCEL_REQUESTED', { from: 'running' });
    cancelWorkflow(root, root.workflow.parts.cancellation_policy ?? 'allow_finish');
  } else if (held.length > 0 && !world.isGateOpen) {
    act('open gate');
    world.isGateOpen = true;
  } else throw new ModelError(`the case never ends: ${leaves.map(pathOf).join(', ')}`);
}

function respond(child: ChildRun, response: Json): void {
  child.inquiry = { status: 'responded', response, isDefault: false };
  endChild(child, 'completed', { response, __inquiry_created_published: true });
}
