import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { TemplateError, type Outcome, type Scope } from '../template/types';
import { stateOf } from './draft';
import type { State, TaskStatus } from './types';

const OUTCOMES: Record<TaskStatus, Outcome> = {
  pending: null,
  running: null,
  completed: 'succeeded',
  failed: 'failed',
  timeout: 'timed_out',
  skipped: 'skipped',
};

/** What expressions see in a workflow after task `ended`; null where no task led here. */
export function scopeAfter(state: State, ended: string | null): Scope {
  const task = ended === null ? undefined : stateOf(state, ended);
  return scopeOf(state, task?.result ?? null, task ? OUTCOMES[task.status] : null);
}

/** What expressions see in a workflow, with `result()` and the outcome functions as given. */
export function scopeOf(state: State, result: Json, outcome: Outcome): Scope {
  let views: JsonObject | undefined;
  const names: Record<string, () => Json> = {
    parameters: () => state.parameters,
    workflow: () => state.variables,
    vars: () => state.variables,
    variables: () => state.variables,
    task: () => (views ??= taskViews(state)),
    tasks: () => (views ??= taskViews(state)),
    config: () => state.config,
    system: () => ({ workflow_start: new Date(state.startedAt).toISOString() }),
  };
  return {
    name: (name) => (Object.hasOwn(names, name) ? names[name]?.() : own(state.variables, name)),
    result,
    outcome,
  };
}

/** The same scope with the element and its position. */
export const withItem = (scope: Scope, item: Json, index: number): Scope => ({
  ...scope,
  name: (name) => (name === 'item' ? item : name === 'index' ? index : scope.name(name)),
});

const own = (values: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

function taskViews(state: State): JsonObject {
  const ended = Object.entries(state.tasks).filter(([, { status }]) => (OUTCOMES[status] ?? 'skipped') !== 'skipped');
  return Object.fromEntries(ended.map(([name, { result }]) => [name, withSelf(result)]));
}

/**
 * `task.a.x` may also be written `task.a.result.x`. The alias cannot be listed, so that a view published as a whole
 * does not hold itself twice.
 */
function withSelf(view: Json): Json {
  if (!isObject(view) || Object.hasOwn(view, 'result')) return view;
  return Object.defineProperty({ ...view }, 'result', { value: view, enumerable: false });
}

export type Attempted<T> = { readonly value: T } | { readonly fault: TemplateError };

/** Evaluates, and hands an expression's fault back as a value. */
export function attempted<T>(evaluate: () => T): Attempted<T> {
  try {
    return { value: evaluate() };
  } catch (error) {
    if (error instanceof TemplateError) return { fault: error };
    throw error;
  }
}
