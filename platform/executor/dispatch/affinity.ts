import { Value } from '@sinclair/typebox/value';
import type { Toleration } from '../../../contract/placement';
import { isObject, type Json } from '../../../contract/json';
import { Affinity, type AffinityTerm } from '../../../contract/placement';

export type WorkerLabels = Readonly<Record<string, string>>;

/** Keeps executions away from a worker: always, or while another worker is compatible. */
export interface WorkerTaint {
  readonly key: string;
  readonly value?: string | null;
  readonly effect?: string | null;
}

/** A worker_affinity that does not match its schema; `path` is the place in the document. */
export class AffinityError extends Error {
  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(`${path} ${problem}`);
  }
}

/** Null has no requirements. Throws AffinityError. */
export function readAffinity(document: Json): Affinity {
  const affinity = document ?? {};
  if (Value.Check(Affinity, affinity)) return affinity;
  const firstError = Value.Errors(Affinity, affinity).First();
  throw new AffinityError(
    `worker_affinity${firstError?.path ?? ''}`,
    `does not match its schema: ${firstError?.message ?? 'unknown error'}`,
  );
}

/** Valid tolerations of the document; anything else that a template rendered is ignored. */
export const readTolerations = (document: Json): Toleration[] =>
  (Array.isArray(document) ? document : []).flatMap((one) => {
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

/** Whether the labels match the required and the anti-affinity terms. */
export const matchesAffinity = (labels: WorkerLabels, { required = [], anti_affinity = [] }: Affinity): boolean =>
  required.every((term) => matchesTerm(labels, term)) && !anti_affinity.some((term) => matchesTerm(labels, term));

/** The sum of the weights of the preferred terms that the labels match. */
export const affinityWeight = (labels: WorkerLabels, { preferred = [] }: Affinity): number =>
  preferred.reduce((sum, { weight = 1, preference }) => sum + (matchesTerm(labels, preference) ? weight : 0), 0);

const matchesTerm = (labels: WorkerLabels, { match_labels = {}, match_expressions = [] }: AffinityTerm): boolean =>
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

/**
 * Taints of this effect that no toleration matches. A taint without an effect is `no_schedule`.
 */
export const untoleratedTaints = (
  taints: readonly WorkerTaint[],
  tolerations: readonly Toleration[],
  effect: NonNullable<Toleration['effect']>,
): WorkerTaint[] =>
  taints.filter(
    (taint) =>
      (taint.effect ?? 'no_schedule') === effect && !tolerations.some((one) => isTolerated(one, taint, effect)),
  );

/**
 * A toleration without an effect matches every effect; with `equal` the values must match as well.
 */
const isTolerated = (toleration: Toleration, { key, value }: WorkerTaint, effect: Toleration['effect']): boolean =>
  toleration.key === key &&
  (toleration.operator === 'exists' || (toleration.value ?? '') === (value ?? '')) &&
  (toleration.effect === undefined || toleration.effect === effect);
