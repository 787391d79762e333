import type { Json, JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { renderWithin } from '../template/render';
import type { Taint } from '../template/taint';
import type { Scope } from '../template/types';
import { budgetOf, stateOf, type Draft } from './draft';
import { attempted } from './scope';
import type { StartChild, Task } from './types';
import { templateFault, type Fault } from './undispatched';

export interface Slot {
  readonly index: number | null;
  readonly released: boolean;
}

/** The child to create for a task or one of its items, or why there cannot be one. */
export function childOf(draft: Draft, task: Task, scope: Scope, slot: Slot): StartChild | Fault {
  if (task.action === null) {
    return { code: 'ACTION_MISSING', message: `Task '${task.name}' names no action: give it one, or subtasks` };
  }
  const rendered = attempted(() => templatesOf(draft, task, scope));
  if ('fault' in rendered) return templateFault(rendered.fault);
  const { permissionSetRefs, misplaced, ...templates } = rendered.value;
  if (misplaced.length > 0) return secretsMisplaced(misplaced);
  if (permissionSetRefs === undefined) {
    return { code: 'PERMISSION_SETS', message: `Task '${task.name}': permission_set_refs must be a list of refs` };
  }
  return {
    type: 'start-child',
    task: task.name,
    ...slot,
    action: task.action,
    triggeredBy: stateOf(draft.state, task.name)?.triggeredBy ?? null,
    timeoutSeconds: task.timeoutSeconds,
    maxRetries: task.retry?.count ?? 0,
    permissionSetRefs,
    ...templates,
  };
}

/** The child would show it in clear. */
const secretsMisplaced = (places: readonly string[]): Fault => ({
  code: 'SECRET_MISPLACED',
  message: `Secret value cannot be used in ${places.join(', ')}: give it to a parameter declared \`secret\``,
});

/** Making a child costs about what so many plain steps cost. */
const STEPS_PER_CHILD = 40;

/** An empty input is none: the child then takes its parent's parameters. */
function templatesOf(draft: Draft, task: Task, scope: Scope) {
  const rendered = (value: Json) => renderWithin(value, scope, budgetOf(draft));
  budgetOf(draft).spend(STEPS_PER_CHILD);
  const hasInput = task.input !== null && Object.keys(task.input).length > 0;
  const input = hasInput ? rendered(task.input) : { value: null, taint: draft.state.secrets.parameters };
  const sets = rendered(task.permissionSetRefs);
  const placement = rendered(task.placement);
  return {
    input: hasInput ? map(input.value) : null,
    secrets: input.taint,
    permissionSetRefs: refs(sets.value),
    placement: map(placement.value),
    misplaced: [...(sets.taint === null ? [] : ['permission_set_refs']), ...keysOf(placement.taint)],
  };
}

const keysOf = (taint: Taint): string[] => (taint === null || taint === true ? [] : Object.keys(taint));

/** A map renders to a map: keys are never rendered, and none is lost. */
const map = (value: Json): JsonObject => (isObject(value) ? value : {});

/** Undefined for what is no list of refs. */
function refs(value: Json): readonly string[] | null | undefined {
  if (value === null) return null;
  const list = Array.isArray(value) ? value : [value];
  return list.every((ref) => typeof ref === 'string') ? list : undefined;
}
