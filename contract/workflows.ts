import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';
import {
  Id,
  JsonMap,
  JsonValue,
  Name,
  NullableJsonMap,
  NullableText,
  NullableTextList,
  NullableTimestamp,
  optionalOrNull,
  PositiveInteger,
  stringEnum,
  TextList,
  Timestamp,
  type JsonObject,
} from './json';

export const WorkflowSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  pack_ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  version: Type.String(),
  tags: TextList,
  created: Timestamp,
  updated: Timestamp,
});
export type WorkflowSummary = Static<typeof WorkflowSummary>;

export const Workflow = Type.Object({
  ...WorkflowSummary.properties,
  pack: Id,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  definition: JsonMap,
  revision: extension('workflows.revisions', Type.Optional(Type.Integer({ description: 'the revision that this is' }))),
});
export type Workflow = Static<typeof Workflow>;

const writable = {
  label: Name,
  version: Type.String({ minLength: 1, maxLength: 50 }),
  definition: JsonMap,
};

const optional = {
  description: Type.Optional(NullableText),
  param_schema: Type.Optional(NullableJsonMap),
  out_schema: Type.Optional(NullableJsonMap),
  tags: Type.Optional(NullableTextList),
};

export const CreateWorkflow = Type.Object({
  ref: Name,
  pack_ref: Name,
  ...writable,
  ...optional,
});
export type CreateWorkflow = Static<typeof CreateWorkflow>;

/** A workflow as a pair of files in its pack. */
export const WorkflowFileBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[a-z0-9][a-z0-9_-]*$' }),
  pack_ref: Name,
  ...writable,
  ...optional,
});
export type WorkflowFileBody = Static<typeof WorkflowFileBody>;

export const UpdateWorkflow = Type.Object({
  label: optionalOrNull(writable.label),
  version: optionalOrNull(writable.version),
  definition: optionalOrNull(JsonMap),
  description: optionalOrNull(Type.String()),
  param_schema: optionalOrNull(JsonMap),
  out_schema: optionalOrNull(JsonMap),
  tags: optionalOrNull(TextList),
});
export type UpdateWorkflow = Static<typeof UpdateWorkflow>;

/** Revisions of workflows: the capability `workflows.revisions`. */

const REVISION_STATES = ['draft', 'ready', 'invalid'] as const;

const FINDING_CODES = [
  'DEFINITION_INVALID',
  'STEP_KIND_UNHANDLED',
  'ACTION_NOT_FOUND',
  'ACTION_ARTIFACT_MISSING',
  'ACTION_ARTIFACT_CORRUPT',
] as const;

/**
 * Why a definition does not compile. `path` is a JSON pointer into the definition. `supported`:
 * the values that are allowed there, where the code is STEP_KIND_UNHANDLED.
 */
export const Finding = Type.Object({
  code: stringEnum(FINDING_CODES),
  path: Type.String(),
  message: Type.String(),
  hint: Type.String(),
  supported: Type.Optional(TextList),
});
export type Finding = Static<typeof Finding>;

/** The digest covers the action's file and everything that decides how it runs. */
export const PlannedAction = Type.Object({
  task: Type.String(),
  action: Type.String(),
  digest: Type.String(),
});
export type PlannedAction = Static<typeof PlannedAction>;

export const Plan = Type.Object({
  entry: Type.Array(Type.String(), { description: 'tasks that start first' }),
  order: Type.Array(Type.String(), { description: 'every task, after the first one that leads to it' }),
  actions: Type.Array(PlannedAction),
});
export type Plan = Static<typeof Plan>;

export const Revision = Type.Object({
  revision: PositiveInteger,
  state: stringEnum(REVISION_STATES),
  plan_digest: NullableText,
  findings: Type.Array(Finding),
  created: Timestamp,
  compiled_at: NullableTimestamp,
});
export type Revision = Static<typeof Revision>;

export const RevisionDetails = Type.Object({
  ...Revision.properties,
  definition: JsonMap,
  param_schema: NullableJsonMap,
  out_schema: NullableJsonMap,
  plan: Type.Union([Plan, Type.Null()]),
});
export type RevisionDetails = Static<typeof RevisionDetails>;

/** Without a schema, the revision has the workflow's. */
export const CreateRevision = Type.Object({
  definition: JsonMap,
  param_schema: optionalOrNull(JsonMap),
  out_schema: optionalOrNull(JsonMap),
});
export type CreateRevision = Static<typeof CreateRevision>;

/** `changed` is false where it was compiled before, to the same plan. */
export const CompiledRevision = Type.Object({ ...RevisionDetails.properties, changed: Type.Boolean() });
export type CompiledRevision = Static<typeof CompiledRevision>;

/**
 * The request that runs the newest compiled revision: `{inputs: {data, variables}}`. The handler
 * checks what is in it, so that each mistake has a code of its own.
 */
export const ExecuteRevision = Type.Object({ inputs: Type.Optional(JsonValue) });

export interface WorkflowInputs {
  /** Validated against the schema of the revision's parameters. */
  readonly data: JsonObject;
  /** Values of variables that the definition declares. */
  readonly variables?: JsonObject;
}
