import type { Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { memberTaint, taintFromMembers, type Taint } from '../secrets/taint';
import { MAX_OUTPUT_LENGTH } from '../template/budget';
import { renderWithin } from '../template/render';
import { tryEvaluate } from '../template/try-evaluate';
import type { Scope } from '../template/types';
import type { PublishItem } from './definition';
import { scopeAfterTask } from './scope';
import { addLogEntry, newBudget, type StepContext } from './step-context';

/** Characters of all variables of one workflow: they are stored again after each step. */
const MAX_VARIABLES_LENGTH = 8 * MAX_OUTPUT_LENGTH;

/** A rendered value as it comes back from storage: a copy of its own, and JSON. */
export interface StorableValue {
  readonly value: Json;
  readonly taint: Taint;
  /** Characters that its templates produced. */
  readonly size: number;
}

/** Throws TemplateError. */
export function renderStorable(context: StepContext, template: Json, scope: Scope): StorableValue {
  const budget = newBudget(context);
  const { value, taint } = renderWithin(template, scope, budget);
  return { value: parseJsonText(writeJson(value)) as Json, taint, size: budget.outputSize };
}

/**
 * Publishes what a transition of an ended task lists. All items see the variables as they were
 * before it. An item that cannot be rendered is left out with a warning.
 */
export function publishVariables(context: StepContext, items: readonly PublishItem[], endedTask: string): void {
  const scope = scopeAfterTask(context, endedTask);
  const warn = (variable: string, error: string) =>
    addLogEntry(context, 'WARNING', endedTask, null, { publish: variable, error });
  const published = items.flatMap((item): [string, StorableValue][] => {
    const template = item.wholeResult ? '{{ result() }}' : item.value;
    const rendered = tryEvaluate(() => renderStorable(context, template, scope));
    if ('value' in rendered) return [[item.name, rendered.value]];
    warn(item.name, rendered.error.message);
    return [];
  });
  for (const [variable, value] of published) {
    const error = assignVariable(context, variable, value);
    if (error !== null) warn(variable, error);
  }
}

/** Returns an error where all variables together would be too large. */
function assignVariable(context: StepContext, name: string, { value, taint, size }: StorableValue): string | null {
  const { variables, sizes, secrets } = context.state;
  const otherSizes = Object.entries(sizes).reduce((sum, [other, length]) => (other === name ? sum : sum + length), 0);
  if (otherSizes + size > MAX_VARIABLES_LENGTH) {
    return `TEMPLATE_LIMIT: the variables together are larger than ${MAX_VARIABLES_LENGTH} characters: publish less`;
  }
  const names = new Set([...Object.keys(variables), name]);
  const taints = Array.from(names, (key) => [key, key === name ? taint : memberTaint(secrets.variables, key)] as const);
  context.state = {
    ...context.state,
    variables: { ...variables, [name]: value },
    sizes: { ...sizes, [name]: size },
    secrets: { ...secrets, variables: taintFromMembers(taints) },
  };
  return null;
}
