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
import type { PublishedValue } from './types';

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
 * before it. An item that cannot be rendered is left out with a warning. Returns what was set.
 */
export function publishVariables(
  context: StepContext,
  items: readonly PublishItem[],
  endedTask: string,
): PublishedValue[] {
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
  return published.flatMap(([name, rendered]) => {
    const value = { name, ...rendered };
    const error = sizeError(context, value);
    if (error !== null) {
      warn(name, error);
      return [];
    }
    assignVariable(context, value);
    return [value];
  });
}

/** Where all variables together would be too large. */
function sizeError({ state }: StepContext, { name, size }: PublishedValue): string | null {
  const others = Object.entries(state.sizes).reduce((sum, [other, length]) => (other === name ? sum : sum + length), 0);
  if (others + size <= MAX_VARIABLES_LENGTH) return null;
  return `TEMPLATE_LIMIT: the variables together are larger than ${MAX_VARIABLES_LENGTH} characters: publish less`;
}

export function assignVariable(context: StepContext, { name, value, taint, size }: PublishedValue): void {
  const { variables, sizes, secrets } = context.state;
  const names = new Set([...Object.keys(variables), name]);
  const taints = Array.from(names, (key) => [key, key === name ? taint : memberTaint(secrets.variables, key)] as const);
  context.state = {
    ...context.state,
    variables: { ...variables, [name]: value },
    sizes: { ...sizes, [name]: size },
    secrets: { ...secrets, variables: taintFromMembers(taints) },
  };
}
