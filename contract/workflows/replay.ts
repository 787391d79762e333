import { CloneType, Type, type Static } from '@sinclair/typebox';
import {
  Id,
  JsonMap,
  JsonValue,
  NullableInteger,
  NullableText,
  optionalOrNull,
  PositiveInteger,
  stringEnum,
} from '../json';

/**
 * What the execution is replayed on: a compiled revision of its workflow, by default the newest,
 * or a definition that is not stored; without a schema, it has the workflow's.
 */
export const ReplayRequest = Type.Object({
  revision: Type.Optional(PositiveInteger),
  definition: Type.Optional(JsonMap),
  param_schema: optionalOrNull(JsonMap),
  out_schema: optionalOrNull(JsonMap),
});
export type ReplayRequest = Static<typeof ReplayRequest>;

/** One attempt of a task or item. `round` 1 and `retry` 0 are the first. */
const step = {
  task: Type.String(),
  index: NullableInteger,
  round: Type.Integer(),
  retry: Type.Integer(),
};
export const ReplayedStep = Type.Object(step);
export type ReplayedStep = Static<typeof ReplayedStep>;

const DIVERGENCE_KINDS = [
  'step_not_recorded',
  'step_not_reached',
  'action',
  'parameters',
  'dispatch',
  'status',
  'result',
] as const;

/**
 * Where the replay first differs from the record. `step_not_recorded`: it starts a step that the
 * execution did not have. `step_not_reached`: it does not start one that the execution had.
 * `dispatch`: only one of the two could dispatch the step. `status` and `result` are those of the
 * workflow.
 */
export const ReplayDivergence = Type.Object({
  kind: stringEnum(DIVERGENCE_KINDS),
  task: NullableText,
  index: NullableInteger,
  round: Type.Integer(),
  retry: Type.Integer(),
  pointer: Type.String({ description: 'JSON pointer into the parameters of the step, or into the result' }),
  expected: Type.Optional(CloneType(JsonValue, { description: 'of the record; absent: it has none' })),
  actual: Type.Optional(CloneType(JsonValue, { description: 'of the replay; absent: it has none' })),
});
export type ReplayDivergence = Static<typeof ReplayDivergence>;

const VERDICTS = ['same', 'diverged', 'not_compared'] as const;

export const ReplayOutcome = Type.Object({
  verdict: stringEnum(VERDICTS),
  divergence: Type.Union([ReplayDivergence, Type.Null()]),
  compared: Type.Array(ReplayedStep, { description: 'steps that are the same, in the order of their dispatch' }),
  not_compared: Type.Array(ReplayedStep, { description: 'steps with secrets; what is not secret in them is the same' }),
  stopped_after: Type.Optional(
    Type.Unsafe<string | null>({
      ...NullableText,
      description:
        'the task after which a secret decided what follows; null: at the start. Nothing after it was replayed',
    }),
  ),
});
export type ReplayOutcome = Static<typeof ReplayOutcome>;

/** `POST /executions/{id}/replay`. */
export const ReplayReport = Type.Object({
  execution: Id,
  workflow: Type.String(),
  revision: Type.Unsafe<number | null>({ ...NullableInteger, description: 'null: a definition of the request' }),
  ...ReplayOutcome.properties,
});
export type ReplayReport = Static<typeof ReplayReport>;
