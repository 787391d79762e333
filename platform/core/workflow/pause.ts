import { completeTask } from './advance';
import { releaseFreeItems } from './items';
import { addEffect, taskDefinitionOf, type StepContext } from './step-context';

/** Nothing starts from now on: no task, retry or item. */
export function holdWorkflow(context: StepContext): void {
  context.state = { ...context.state, heldTasks: [] };
  addEffect(context, { type: 'hold-children' });
}

/** Keeps the ready tasks for the resume. They count as running: the workflow is not idle. */
export function holdReadyTasks(context: StepContext): void {
  const { heldTasks = [] } = context.state;
  context.state = { ...context.state, heldTasks: [...heldTasks, ...context.readyTasks.splice(0)] };
}

/** What was ready starts now, and so do as many items as could have started meanwhile. */
export function resumeWorkflow(context: StepContext): void {
  context.readyTasks.push(...takeHeldTasks(context));
  const repeated = Object.entries(context.tasks).flatMap(([name, { status, items }]) =>
    status === 'running' && items !== null ? [{ name, items }] : [],
  );
  const itemsBefore = Object.fromEntries(repeated.map(({ name, items }) => [name, items.next]));
  addEffect(context, { type: 'release-children', itemsBefore });
  for (const { name, items } of repeated) {
    releaseFreeItems(context, taskDefinitionOf(context.definition, name), items);
  }
}

/** A workflow that is stopping starts no held task: each ends as one that was skipped. */
export function skipHeldTasks(context: StepContext): void {
  for (const name of takeHeldTasks(context)) {
    completeTask(context, name, { status: 'skipped', result: null, secrets: null, error: null });
  }
}

function takeHeldTasks(context: StepContext): readonly string[] {
  const { heldTasks = [], ...state } = context.state;
  context.state = state;
  return heldTasks;
}
