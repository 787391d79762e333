import type { Json, JsonObject } from '../../../contract/json';
import { isObject } from '../../../contract/json';
import { render } from '../template/render';
import type { Scope } from '../template/types';
import { stateOf, type Draft } from './draft';
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
  const rendered = attempted(() => templatesOf(task, scope));
  if ('fault' in rendered) return templateFault(rendered.fault);
  const { permissionSetRefs, ...templates } = rendered.value;
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

/** An empty input is none: the child then takes its parent's parameters. */
function templatesOf(task: Task, scope: Scope) {
  const input = task.input && Object.keys(task.input).length > 0 ? map(render(task.input, scope)) : null;
  return {
    input,
    permissionSetRefs: refs(render(task.permissionSetRefs, scope)),
    placement: map(render(task.placement, scope)),
  };
}

/** A map renders to a map: keys are never rendered, and none is lost. */
const map = (value: Json): JsonObject => (isObject(value) ? value : {});

/** Undefined for what is no list of refs. */
function refs(value: Json): readonly string[] | null | undefined {
  if (value === null) return null;
  const list = Array.isArray(value) ? value : [value];
  return list.every((ref) => typeof ref === 'string') ? list : undefined;
}
