import { Value } from '@sinclair/typebox/value';
import type { Toleration } from '../../contract/actions';
import { isObject, type Json } from '../../contract/json';
import { Affinity, type AffinityTerm } from '../../contract/placement';

export type Labels = Readonly<Record<string, string>>;

/** What keeps executions away from a worker: always, or while there is another one. */
export interface Taint {
  readonly key: string;
  readonly value?: string | null;
  readonly effect?: string | null;
}

/** A worker_affinity that says nothing usable: where, and what would be right. */
export class AffinityError extends Error {
  constructor(
    readonly path: string,
    what: string,
  ) {
    super(`${path} ${what}`);
  }
}

/** Throws AffinityError. Null asks for nothing. */
export function readAffinity(given: Json): Affinity {
  const wanted = given ?? {};
  if (Value.Check(Affinity, wanted)) return wanted;
  const first = Value.Errors(Affinity, wanted).First();
  throw new AffinityError(`worker_affinity${first?.path ?? ''}`, `is not as it must be: ${first?.message ?? 'wrong'}`);
}

/** Those that can be read; what else a template made tolerates nothing. */
export const readTolerations = (given: Json): Toleration[] =>
  (Array.isArray(given) ? given : []).flatMap((one) => {
    if (!isObject(one) || typeof one.key !== 'string') return [];
    const { key, operator, value, effect } = one;
    return [
      {
        key,
        operator: operator === 'exists' ? 'exists' : 'equal',
        ...(typeof value === 'string' && { value }),
        ...((effect === 'no_schedule' || effect === 'prefer_no_schedule') && { effect }),
      },
    ];
  });

/** Whether the labels meet what must hold. */
export const meets = (labels: Labels, { required = [], anti_affinity = [] }: Affinity): boolean =>
  required.every((term) => holds(labels, term)) && !anti_affinity.some((term) => holds(labels, term));

/** How much a worker with these labels is preferred. */
export const weightOf = (labels: Labels, { preferred = [] }: Affinity): number =>
  preferred.reduce((sum, { weight = 1, preference }) => sum + (holds(labels, preference) ? weight : 0), 0);

const holds = (labels: Labels, { match_labels = {}, match_expressions = [] }: AffinityTerm): boolean =>
  Object.entries(match_labels).every(([key, value]) => labels[key] === value) &&
  match_expressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'in':
        return value !== undefined && values.includes(value);
      case 'not_in':
        return value === undefined || !values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'does_not_exist':
        return value === undefined;
    }
  });

/** Taints of this effect that none of the tolerations takes. One without an effect is `no_schedule`. */
export const untolerated = (
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  effect: NonNullable<Toleration['effect']>,
): Taint[] =>
  taints.filter(
    (taint) => (taint.effect ?? 'no_schedule') === effect && !tolerations.some((one) => tolerates(one, taint, effect)),
  );

/** A toleration without an effect takes any; one that is `equal` names the value, too. */
const tolerates = (toleration: Toleration, { key, value }: Taint, effect: Toleration['effect']): boolean =>
  toleration.key === key &&
  (toleration.operator === 'exists' || (toleration.value ?? '') === (value ?? '')) &&
  (toleration.effect === undefined || toleration.effect === effect);
