import type { Json } from '../../../contract/json';
import { MAX_OUTPUT, type Budget } from '../template/budget';
import { renderWithin } from '../template/render';
import { taintAt, taintOf, type Taint } from '../template/taint';
import type { Scope } from '../template/types';
import type { Draft } from './draft';

/** Characters of all variables of one workflow: they are stored again after each step. */
const MOST_CHARACTERS = 8 * MAX_OUTPUT;

/** A rendered value as it would come back from storage: nothing shared, nothing that JSON does not carry. */
export interface Storable {
  readonly value: Json;
  readonly taint: Taint;
  readonly size: number;
}

/** TemplateError. */
export function storable(template: Json, scope: Scope, budget: Budget): Storable {
  const { value, taint } = renderWithin(template, scope, budget);
  return { value: JSON.parse(JSON.stringify(value)) as Json, taint, size: budget.size };
}

/** Publishes a variable; answers why not where all together would be too large. */
export function assign(draft: Draft, name: string, { value, taint, size }: Storable): string | null {
  const { variables, sizes, secrets } = draft.state;
  const others = Object.entries(sizes).reduce((total, [other, count]) => (other === name ? total : total + count), 0);
  if (others + size > MOST_CHARACTERS) {
    return `TEMPLATE_LIMIT: the variables together are larger than ${MOST_CHARACTERS} characters: publish less`;
  }
  const marks = new Set([...Object.keys(variables), name]);
  const tainted = Array.from(marks, (key) => [key, key === name ? taint : taintAt(secrets.variables, key)] as const);
  draft.state = {
    ...draft.state,
    variables: { ...variables, [name]: value },
    sizes: { ...sizes, [name]: size },
    secrets: { ...secrets, variables: taintOf(tainted) },
  };
  return null;
}
