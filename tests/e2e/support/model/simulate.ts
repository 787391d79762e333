import type { Json, JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { cancelWorkflow } from './cancel';
import { endChild } from './children';
import { dueNow, nextDue, type Due } from './limits';
import { pauseWorkflow, resumeWorkflow, settlePauses } from './pause';
import { logRun } from './log';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { NO_OUTCOME } from '../expressions/evaluator/scope';
import { ModelError } from './model-error';
import type { Round } from './expectation';
import type { ModelCase } from './model-case';
import { exitResult, stoppedByLimit } from './results';
import { allChildren, pathOf, runningLeaves, type ChildRun, type Signal, type WorkflowRun, type World } from './state';
import { scopeOf } from './outcome';
import { endSkippedTask, endTask, startTask } from './tasks';
import { renderObject } from '../expressions/evaluator/template';
import { createWorkflowRun, entryTasks, skipUnmetJoins, unhandledTasks, workflowResult } from './workflows';

/** Selects what happens next. What must be observed may not depend on it. */
export interface Schedule {
  /** What happens of what can happen at once. */
  due(dues: readonly Due[]): Due;
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
    pause: modelCase.isPaused ? 'before' : 'none',
  };
  const workflow = Object.values(modelCase.workflows).at(-1)!;
  const root = createWorkflowRun(world, workflow, modelCase.parameters, null);
  world.signals.push({ is: 'workflow started', run: root });
  for (;;) {
    handleSignals(world, schedule);
    settlePauses(root);
    const ready = [...runningLeaves(root).flatMap(exitOf), ...dueNow(root)];
    if (ready.length > 0) schedule.due(ready).happen();
    else if (isTerminal(root.status)) return { root, world };
    else if (world.pause === 'before') requestPause(world, root);
    else if (!passTime(world, root)) startRound(world, root);
  }
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

function pauseHere(world: World, root: WorkflowRun, round: Round | null): void {
  const programs = runningLeaves(root).flatMap(({ program }) => program ?? []);
  const sleeping = programs.filter(({ key }) => key === null).length;
  world.pauses.push({ at: world.now, running: programs.length, sleeping, starts: startCount(world), round });
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
      for (const task of entryTasks(run.workflow))
        run.world.signals.push({ is: 'task started', run, task, trigger, group: null });
      run.world.signals.push({ is: 'task finished', run });
      return;
    }
    case 'task started':
      if (signal.run.isHeld) signal.run.heldStarts.push(signal);
      else startTask(signal);
      return;
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
  if (isTerminal(run.status) || run.heldStarts.length > 0) return;
  if ([...run.tasks.values()].some(({ status }) => status === 'running')) return;
  if (run.status === 'canceling') run.status = run.timedOutAfter === null ? 'cancelled' : 'failed';
  else {
    skipUnmetJoins(run);
    run.failedTasks = unhandledTasks(run);
    run.status = run.failedTasks.length > 0 ? 'failed' : 'completed';
    if (run.status === 'completed') run.output = outputOf(run);
  }
  run.finishedAt = run.world.now;
  const result = stoppedByLimit(workflowResult(run), run.stoppedAfter);
  logRun(run, END_ENTRIES[run.status as 'failed'], run.status === 'completed' ? {} : { error: result.error! });
  if (run.owner) endWorkflowOf(run.owner, run, result);
}

/** The limit of a workflow above, or its own one, is that of its execution. */
function endWorkflowOf(owner: ChildRun, run: WorkflowRun, result: JsonObject): void {
  const hasTimedOut = run.timedOutAfter !== null;
  if (hasTimedOut || run.stoppedAfter !== null) owner.timeoutLevel = 'workflow';
  owner.isOverLimit = hasTimedOut;
  endChild(owner, run.status, result);
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
  return [{ happen: () => endChild(child, status, exitResult(program, end.code)) }];
}

/** What the test does, and the state in which it does it. */
function actIn(world: World, root: WorkflowRun, then: Round['then'], answered: readonly ChildRun[] = []): void {
  const { responses } = world.modelCase;
  const round: Round = {
    status: root.status,
    children: Object.fromEntries(
      allChildren(root)
        .map((child) => [pathOf(child), child.status] as const)
        .sort(),
    ),
    starts: Object.fromEntries(
      heldKeys(root)
        .map((key) => [key, world.starts.get(key)!] as const)
        .sort(),
    ),
    then,
    responses: Object.fromEntries(answered.map((child) => [pathOf(child), responses[child.taskRun.task.name]!])),
  };
  world.rounds.push(round);
  pauseHere(world, root, round);
}

/** Of the processes that wait for the gate. */
const heldKeys = (root: WorkflowRun): string[] =>
  runningLeaves(root).flatMap(({ program }) => (program?.end.is === 'gate' ? (program.key ?? []) : []));

/** The first time that nothing more happens at once. */
function requestPause(world: World, root: WorkflowRun): void {
  actIn(world, root, 'pause');
  world.pause = 'requested';
  pauseWorkflow(root);
}

/**
 * Nothing happens any more: the test responds to the inquiries, or cancels, or opens the gate, or
 * resumes. A paused workflow that is cancelled is not resumed.
 */
function startRound(world: World, root: WorkflowRun): void {
  const { responses, isCancelled } = world.modelCase;
  const answered = runningLeaves(root).filter(
    ({ inquiry, taskRun: { task } }) => inquiry && Object.hasOwn(responses, task.name),
  );
  if (answered.length > 0) {
    actIn(world, root, 'respond', answered);
    answered.forEach((child) => respond(child, responses[child.taskRun.task.name]!));
  } else if (isCancelled && (root.status === 'running' || root.status === 'paused')) {
    actIn(world, root, 'cancel');
    logRun(root, 'CANCEL_REQUESTED', { from: root.status });
    cancelWorkflow(root, root.workflow.parts.cancellation_policy ?? 'allow_finish');
  } else if (heldKeys(root).length > 0 && !world.isGateOpen) {
    actIn(world, root, 'open gate');
    world.isGateOpen = true;
  } else if (world.pause === 'requested' && root.isHeld) {
    actIn(world, root, 'resume');
    world.pause = 'over';
    resumeWorkflow(root);
  } else throw new ModelError(`the case never ends: ${runningLeaves(root).map(pathOf).join(', ')}`);
}

function respond(child: ChildRun, response: Json): void {
  child.inquiry = { status: 'responded', response, isDefault: false };
  endChild(child, 'completed', { response, __inquiry_created_published: true });
}
