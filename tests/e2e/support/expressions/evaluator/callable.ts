import { isObject, type Json, type JsonObject } from '../../../../../contract/json';
import { OperationError, typeError } from './expression-error';
import { isNumeric } from './numbers';
import type { Scope } from './scope';

/** What an argument must be. */
interface Kinds {
  any: Json;
  text: string;
  number: number | bigint;
  integer: number | bigint;
  list: Json[];
  object: JsonObject;
  sequence: Json[] | string;
}

export type Kind = keyof Kinds;

const IS_KIND: Record<Kind, (value: Json) => boolean> = {
  any: () => true,
  text: (value) => typeof value === 'string',
  number: isNumeric,
  integer: (value) => typeof value === 'bigint' || Number.isInteger(value),
  list: Array.isArray,
  object: isObject,
  sequence: (value) => typeof value === 'string' || Array.isArray(value),
};

/** A function or a filter. The input of a filter is its first argument. */
export interface Callable {
  readonly kinds: readonly Kind[];
  /** How many of the last arguments may be left out. */
  readonly optional: number;
  readonly call: (values: readonly Json[], scope: Scope) => Json;
}

type Values<K extends readonly Kind[]> = { -readonly [N in keyof K]: Kinds[K[N]] };

/** A callable with all of these arguments. */
export const callable = <const K extends readonly Kind[]>(
  kinds: K,
  call: (...values: Values<K>) => Json,
): Callable => ({
  kinds,
  optional: 0,
  call: (values) => call(...(values as Values<K>)),
});

/** The same; the last argument may be left out. */
export const withOptional = <const K extends readonly Kind[]>(
  kinds: K,
  call: (...values: Partial<Values<K>>) => Json,
): Callable => ({ kinds, optional: 1, call: (values) => call(...(values as Partial<Values<K>>)) });

/** Calls with arguments of the right number and kinds. `implicit`: 1 for the input of a filter. */
export function callWith(
  name: string,
  { kinds, optional, call }: Callable,
  values: Json[],
  implicit: 0 | 1,
  scope: Scope,
) {
  const most = kinds.length - implicit;
  const given = values.length - implicit;
  if (given > most || given < most - optional) {
    const expected = optional === 0 ? `${most}` : `${most - optional} or ${most}`;
    const text = `Wrong number of arguments for ${name}: expected ${expected}, got ${given}`;
    throw new OperationError('TEMPLATE_ARGUMENTS', text);
  }
  const wrong = values.flatMap((value, at) => (IS_KIND[kinds[at]!](value) ? [] : [at + 1]));
  // Of several wrong arguments, any one may be named.
  if (wrong.length > 0) throw typeError(`${name}: argument ${wrong.length === 1 ? wrong[0]! : ''}`);
  return call(values, scope);
}
