import { Value } from '@sinclair/typebox/value';
import { isObject, type Json, type JsonObject } from '../../../contract/json';
import {
  Affinity,
  TAINT_EFFECTS,
  TOLERATION_OPERATORS,
  type AffinityTerm,
  type Toleration,
} from '../../../contract/placement';

export type WorkerLabels = Readonly<Record<string, string>>;

/** Keeps executions away from a worker: always, or while another worker is compatible. */
export interface WorkerTaint {
  readonly key: string;
  readonly value?: string | null;
  readonly effect?: string | null;
}

/** What of a worker decides whether something may be placed there. */
export interface PlacementLabels {
  readonly labels: WorkerLabels;
  readonly taints: readonly WorkerTaint[];
}

/** The labels and taints that an action or a sensor requires of a worker. */
export interface PlacementTerms {
  /** Labels that the worker must have. */
  readonly selector: WorkerLabels;
  /** Taints of workers that do not prevent the placement. */
  readonly tolerations: readonly Toleration[];
  readonly affinity: Affinity;
}

/** One condition that a worker meets or not. */
export interface Requirement<W> {
  /** `label gpu=yes`. */
  readonly text: string;
  isMet(worker: W): boolean;
}

/** What the labels and taints of a worker must be. */
export const labelRequirements = (terms: PlacementTerms): Requirement<PlacementLabels>[] => [
  ...Object.entries(terms.selector).map(([label, value]) => ({
    text: `label ${label}=${value}`,
    isMet: ({ labels }: PlacementLabels) => labels[label] === value,
  })),
  {
    text: 'the labels of worker_affinity',
    isMet: ({ labels }) => matchesAffinity(labels, terms.affinity),
  },
  {
    text: 'taints that are tolerated',
    isMet: ({ taints }) => untoleratedTaints(taints, terms.tolerations, 'no_schedule').length === 0,
  },
];

/**
 * A placement as actions, sensors and requests give it. Null and absent fields require nothing.
 */
export interface PlacementFields {
  readonly worker_selector?: JsonObject | null;
  readonly worker_tolerations?: Json;
  readonly worker_affinity?: Json;
}

/** The place in a placement that no worker can be compared with, and what it should be. */
export interface PlacementFault {
  readonly path: string;
  readonly expectation: string;
}

/** Null: the placement is usable. */
export function placementFault({
  worker_selector: selector,
  worker_tolerations: tolerations,
  worker_affinity: affinity,
}: PlacementFields): PlacementFault | null {
  for (const [label, value] of Object.entries(selector ?? {})) {
    const path = `worker_selector/${label}`;
    if (label.trim() === '') return { path, expectation: 'must name a label' };
    if (typeof value !== 'string') return { path, expectation: "must be the text that the worker's label has" };
  }
  const fault = tolerationsFault(tolerations ?? []);
  return fault ?? (Value.Check(Affinity, affinity ?? {}) ? null : affinityFault(affinity ?? {}));
}

function tolerationsFault(tolerations: Json): PlacementFault | null {
  if (!Array.isArray(tolerations)) return { path: 'worker_tolerations', expectation: 'must be a list' };
  const faults = tolerations.map((one, index) => tolerationFault(one, `worker_tolerations/${index}`));
  return faults.find((fault) => fault !== null) ?? null;
}

function tolerationFault(toleration: Json, path: string): PlacementFault | null {
  if (!isObject(toleration)) return { path, expectation: 'must be a map' };
  const { key, value = null, operator = null, effect = null } = toleration;
  if (typeof key !== 'string' || key.trim() === '') return { path: `${path}/key`, expectation: 'must name a taint' };
  if (value !== null && typeof value !== 'string') return { path: `${path}/value`, expectation: 'must be text' };
  return (
    wordFault(`${path}/operator`, operator, TOLERATION_OPERATORS) ?? wordFault(`${path}/effect`, effect, TAINT_EFFECTS)
  );
}

const wordFault = (path: string, word: Json, words: readonly string[]): PlacementFault | null =>
  word === null || words.some((known) => known === word)
    ? null
    : { path, expectation: `must be ${words.join(' or ')}` };

/** Of one that does not match its schema. */
function affinityFault(affinity: Json): PlacementFault {
  const firstError = Value.Errors(Affinity, affinity).First();
  const expectation = `does not match its schema: ${firstError?.message ?? 'unknown error'}`;
  return { path: `worker_affinity${firstError?.path ?? ''}`, expectation };
}

/** A worker_affinity that does not match its schema. */
export class AffinityError extends Error {
  constructor({ path, expectation }: PlacementFault) {
    super(`${path} ${expectation}`);
  }
}

/** Null has no requirements. Throws AffinityError. */
export function readAffinity(document: Json): Affinity {
  const affinity = document ?? {};
  if (Value.Check(Affinity, affinity)) return affinity;
  throw new AffinityError(affinityFault(affinity));
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
const matchesAffinity = (labels: WorkerLabels, { required = [], anti_affinity = [] }: Affinity): boolean =>
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
