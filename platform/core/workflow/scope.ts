import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { TemplateError, type Outcome, type Scope } from '../template/types';
import { Fault } from '../template/fault';
import { taintAt, taintOf, type Taint } from '../template/taint';
import { stateOf, type Draft } from './draft';
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
export function scopeAfter(draft: Draft, ended: string | null): Scope {
  const task = ended === null ? undefined : stateOf(draft.state, ended);
  return scopeOf(draft, task?.result ?? null, task?.secrets ?? null, task ? OUTCOMES[task.status] : null);
}

/** What expressions see in a workflow, with `result()`, what of it is secret, and the outcome functions as given. */
export function scopeOf(draft: Draft, result: Json, taint: Taint, outcome: Outcome): Scope {
  const { state, keystore } = draft;
  const names: Record<string, () => Json> = {
    parameters: () => state.parameters,
    workflow: () => state.variables,
    vars: () => state.variables,
    variables: () => state.variables,
    task: () => viewsOf(draft).value,
    tasks: () => viewsOf(draft).value,
    config: () => state.config,
    keystore: () => keystore,
    system: () => ({ workflow_start: new Date(state.startedAt).toISOString() }),
  };
  return {
    name: (name) => (Object.hasOwn(names, name) ? names[name]?.() : own(state.variables, name)),
    result,
    outcome,
    secrets: {
      name: (name) =>
        Object.hasOwn(names, name) ? taintOfNamespace(draft, state, name) : taintAt(state.secrets.variables, name),
      result: taint,
    },
  };
}

function taintOfNamespace(draft: Draft, { secrets }: State, name: string): Taint {
  if (name === 'keystore') return true;
  if (name === 'parameters') return secrets.parameters;
  if (name === 'config') return secrets.config;
  if (name === 'task' || name === 'tasks') return viewsOf(draft).taint;
  return name === 'system' ? null : secrets.variables;
}

/** Looking through all tasks costs about three plain steps for each. */
const STEPS_PER_TASK = 3;

/** Of the tasks that have ended, made once for as long as no other ends. */
function viewsOf(draft: Draft): NonNullable<Draft['views']> {
  if (draft.views !== null) return draft.views;
  const tasks = Object.entries(draft.tasks);
  draft.allowance.spend(STEPS_PER_TASK * tasks.length);
  const ended = tasks.filter(([, { status }]) => (OUTCOMES[status] ?? 'skipped') !== 'skipped');
  draft.views = {
    value: Object.fromEntries(ended.map(([name, { result }]) => [name, withSelf(result)])),
    taint: taintOf(ended.map(([name, { result, secrets }]) => [name, withSelfTaint(result, secrets)])),
  };
  return draft.views;
}

/** The same scope with the element and its position. */
export const withItem = (scope: Scope, item: Json, taint: Taint, index: number): Scope => ({
  ...scope,
  name: (name) => (name === 'item' ? item : name === 'index' ? index : scope.name(name)),
  secrets: {
    name: (name) => (name === 'item' ? taint : name === 'index' ? null : (scope.secrets?.name(name) ?? null)),
    result: scope.secrets?.result ?? null,
  },
});

const own = (values: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(values, name) ? values[name] : undefined;

const withSelfTaint = (view: Json, taint: Taint): Taint =>
  taint === null || taint === true || !isObject(view) || Object.hasOwn(view, 'result')
    ? taint
    : { ...taint, result: taint };

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
    // What is used up beside an expression, by copying a document or asking for truth, has no place in one.
    if (error instanceof Fault) return { fault: new TemplateError(error.code, error.describeDiscreetly(), 1, '') };
    throw error;
  }
}
