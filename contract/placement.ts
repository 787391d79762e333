import { Type, type Static } from '@sinclair/typebox';

const OPERATORS = ['in', 'not_in', 'exists', 'does_not_exist'] as const;

/** What a worker's labels must be like: all labels, and all expressions. */
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

/** `worker_affinity`: every required term and no term of `anti_affinity` holds; of what is left, the heaviest is preferred. */
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
