import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, optionalOrNull, stringEnum } from './json';

export const TOLERATION_OPERATORS = ['equal', 'exists'] as const;
export const TAINT_EFFECTS = ['no_schedule', 'prefer_no_schedule'] as const;

export const Toleration = Type.Object({
  key: Type.String(),
  operator: Type.Optional(stringEnum(TOLERATION_OPERATORS)),
  value: Type.Optional(Type.String()),
  effect: Type.Optional(stringEnum(TAINT_EFFECTS)),
});
export type Toleration = Static<typeof Toleration>;

/** Which workers an action, sensor or execution may run on. */
export const placement = {
  worker_selector: Type.Optional(JsonMap),
  worker_tolerations: Type.Optional(Type.Array(Toleration)),
  worker_affinity: Type.Optional(JsonMap),
};
export const updatePlacement = {
  worker_selector: optionalOrNull(JsonMap),
  worker_tolerations: optionalOrNull(Type.Array(Toleration)),
  worker_affinity: optionalOrNull(JsonMap),
};

const OPERATORS = ['in', 'not_in', 'exists', 'does_not_exist'] as const;

/** Conditions on a worker's labels: all labels and all expressions must match. */
export const AffinityTerm = Type.Object({
  match_labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  match_expressions: Type.Optional(
    Type.Array(
      Type.Object({
        key: Type.String({ minLength: 1 }),
        operator: Type.Union(OPERATORS.map((operator) => Type.Literal(operator))),
        values: Type.Optional(Type.Array(Type.String())),
      }),
    ),
  ),
});
export type AffinityTerm = Static<typeof AffinityTerm>;

/**
 * `worker_affinity`: every required term and no term of `anti_affinity` must match; the worker
 * with the highest preferred weight is chosen.
 */
export const Affinity = Type.Object({
  required: Type.Optional(Type.Array(AffinityTerm)),
  preferred: Type.Optional(
    Type.Array(
      Type.Object({
        weight: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        preference: AffinityTerm,
      }),
    ),
  ),
  anti_affinity: Type.Optional(Type.Array(AffinityTerm)),
});
export type Affinity = Static<typeof Affinity>;
