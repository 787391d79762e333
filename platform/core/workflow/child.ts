import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { holdsSecret, memberTaint, type Taint } from '../secrets/taint';
import { renderWithin } from '../template/render';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope, TemplateError } from '../template/types';
import type { TaskDefinition } from './definition';
import { currentRound, newBudget, triggerOf, type StepContext } from './step-context';
import type { StartChild } from './types';

/** Why a task could not be dispatched. */
export interface DispatchFault {
  readonly code: string;
  readonly message: string;
}

export const templateDispatchFault = ({ code, message, expression, column }: TemplateError): DispatchFault => ({
  code,
  message: expression === '' ? message : `${message} (column ${column} of ${expression})`,
});

/** The child to create for a task or one of its items, or why there cannot be one. */
export function buildChild(
  context: StepContext,
  task: TaskDefinition,
  scope: Scope,
  position: Pick<StartChild, 'index' | 'released'>,
): StartChild | DispatchFault {
  if (task.action === null) {
    return { code: 'ACTION_MISSING', message: `Task '${task.name}' names no action: give it one, or subtasks` };
  }
  const rendered = tryEvaluate(() => renderTask(context, task, scope));
  if ('error' in rendered) return templateDispatchFault(rendered.error);
  const { permissionSetRefs, misplacedSecrets, ...templates } = rendered.value;
  if (misplacedSecrets.length > 0) return misplacedSecretsFault(misplacedSecrets);
  if (permissionSetRefs === undefined) {
    return { code: 'PERMISSION_SETS', message: `Task '${task.name}': permission_set_refs must be a list of refs` };
  }
  return {
    type: 'start-child',
    task: task.name,
    ...position,
    round: currentRound(context, task.name),
    action: task.action,
    triggeredBy: triggerOf(context, task.name),
    timeoutSeconds: task.timeoutSeconds,
    maxRetries: task.retry?.count ?? 0,
    permissionSetRefs,
    ...templates,
  };
}

/** These fields of a child are shown in clear. */
const misplacedSecretsFault = (fields: readonly string[]): DispatchFault => ({
  code: 'SECRET_MISPLACED',
  message: `Secret value cannot be used in ${fields.join(', ')}: give it to a parameter declared \`secret\``,
});

/** Creating a child costs about as much as so many plain steps. */
const STEPS_PER_CHILD = 40;

/** An empty input counts as none: the child then gets its parent's parameters. */
function renderTask(context: StepContext, task: TaskDefinition, scope: Scope) {
  const render = (value: Json) => renderWithin(value, scope, newBudget(context));
  newBudget(context).spend(STEPS_PER_CHILD);
  const hasInput = task.input !== null && Object.keys(task.input).length > 0;
  const input = hasInput ? render(task.input) : { value: null, taint: context.state.secrets.parameters };
  const permissionSets = render(task.permissionSetRefs);
  const placement = render(task.placement);
  return {
    input: hasInput ? toMap(input.value) : null,
    secrets: input.taint,
    permissionSetRefs: toRefs(permissionSets.value),
    placement: toMap(placement.value),
    misplacedSecrets: [
      ...(holdsSecret(permissionSets.taint) ? ['permission_set_refs'] : []),
      ...taintedKeys(placement.taint),
    ],
  };
}

const taintedKeys = (taint: Taint): string[] =>
  typeof taint === 'object' && taint !== null
    ? Object.keys(taint).filter((key) => holdsSecret(memberTaint(taint, key)))
    : [];

/** A map renders to a map: keys are never rendered. */
const toMap = (value: Json): JsonObject => (isObject(value) ? value : {});

/** Undefined for a value that is no list of refs. */
function toRefs(value: Json): readonly string[] | null | undefined {
  if (value === null) return null;
  const list = Array.isArray(value) ? value : [value];
  return list.every((ref) => typeof ref === 'string') ? list : undefined;
}
