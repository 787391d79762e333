import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { extension } from './extension';
import { Id, JsonMap, NullableText, TextList, Timestamp, optionalOrNull, Name } from './json';
import { PackTestResult } from './pack-tests';
import { withoutEffect } from './without-effect';

/** What the programs of a pack may reach, from the widest to the strictest. */
export const NETWORK_MODES = ['full', 'api-only', 'none'] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];

export const PackSummary = Type.Object({
  id: Id,
  ref: Type.String(),
  label: Type.String(),
  description: NullableText,
  version: Type.String(),
  tags: TextList,
  is_standard: Type.Boolean(),
  created: Timestamp,
  updated: Timestamp,
});
export type PackSummary = Static<typeof PackSummary>;

export const Pack = Type.Object({
  ...PackSummary.properties,
  conf_schema: JsonMap,
  config: JsonMap,
  meta: JsonMap,
  runtime_deps: TextList,
  dependencies: TextList,
});
export type Pack = Static<typeof Pack>;

export const CreatePack = Type.Object({
  ref: Name,
  label: Name,
  version: Type.String({ minLength: 1, maxLength: 50 }),
  description: Type.Optional(NullableText),
  conf_schema: Type.Optional(JsonMap),
  config: Type.Optional(JsonMap),
  meta: Type.Optional(JsonMap),
  tags: Type.Optional(TextList),
  runtime_deps: Type.Optional(TextList),
  dependencies: Type.Optional(TextList),
  is_standard: Type.Optional(Type.Boolean()),
});
export type CreatePack = Static<typeof CreatePack>;

/** `{"op":"set","value":v}` or `{"op":"clear"}`: the change of a field that can be cleared. */
export const patchOf = <T extends TSchema>(value: T) =>
  Type.Union([Type.Object({ op: Type.Literal('set'), value }), Type.Object({ op: Type.Literal('clear') })]);

export const UpdatePack = Type.Object({
  label: optionalOrNull(CreatePack.properties.label),
  version: optionalOrNull(CreatePack.properties.version),
  description: optionalOrNull(patchOf(Type.String())),
  conf_schema: optionalOrNull(JsonMap),
  config: optionalOrNull(JsonMap),
  meta: optionalOrNull(JsonMap),
  tags: optionalOrNull(TextList),
  runtime_deps: optionalOrNull(TextList),
  dependencies: optionalOrNull(TextList),
  is_standard: optionalOrNull(Type.Boolean()),
});
export type UpdatePack = Static<typeof UpdatePack>;

export const RegisterPack = Type.Object({
  path: Type.String({ minLength: 1, description: 'a directory that the server can read' }),
  skip_tests: Type.Optional(Type.Boolean()),
  force: Type.Optional(Type.Boolean()),
});
export type RegisterPack = Static<typeof RegisterPack>;

export const InstallResult = Type.Object({
  pack: Pack,
  test_result: Type.Union([PackTestResult, Type.Null()]),
  tests_skipped: Type.Boolean(),
  warnings: extension('packs.warnings', Type.Optional(TextList)),
});
export type InstallResult = Static<typeof InstallResult>;

export const InstallPack = Type.Object({
  source: Type.String({ minLength: 1, description: 'the address of a gzip tar, or a directory of the server' }),
  ref_spec: Type.Optional(NullableText),
  skip_tests: Type.Optional(Type.Boolean()),
  skip_deps: withoutEffect('a worker installs the dependencies of every pack', Type.Optional(Type.Boolean())),
});
export type InstallPack = Static<typeof InstallPack>;

export const RegisterBatch = Type.Object({
  pack_paths: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 }),
  packs_base_dir: Type.Optional(NullableText),
  skip_validation: withoutEffect('every pack is validated', Type.Optional(Type.Boolean())),
  skip_tests: Type.Optional(Type.Boolean()),
  force: Type.Optional(Type.Boolean()),
});
export type RegisterBatch = Static<typeof RegisterBatch>;

const count = Type.Integer({ minimum: 0 });

/** The result of each directory of a batch. */
export const BatchResult = Type.Object({
  registered_packs: Type.Array(
    Type.Object({
      pack_ref: Type.String(),
      pack_id: Id,
      pack_version: Type.String(),
      storage_path: Type.String({ description: 'below the directory of all packs' }),
      components_registered: Type.Object({
        actions: count,
        sensors: count,
        triggers: count,
        rules: count,
        workflows: count,
        policies: count,
      }),
      test_result: Type.Union([
        Type.Object({ status: Type.String(), total_tests: count, passed: count, failed: count }),
        Type.Null(),
      ]),
      validation_results: Type.Object({ valid: Type.Boolean(), errors: TextList }),
    }),
  ),
  failed_packs: Type.Array(
    Type.Object({
      pack_ref: Type.String(),
      pack_path: Type.String(),
      error: Type.String(),
      error_stage: Type.String(),
    }),
  ),
  summary: Type.Object({
    total_packs: count,
    success_count: count,
    failure_count: count,
    total_components: count,
    duration_ms: count,
  }),
});
export type BatchResult = Static<typeof BatchResult>;

/** The workflows that were registered again from a pack's files. */
export const SyncResult = Type.Object({
  pack_ref: Type.String(),
  loaded_count: count,
  registered_count: count,
  workflows: Type.Array(
    Type.Object({ ref_name: Type.String(), created: Type.Boolean(), workflow_def_id: Id, warnings: TextList }),
  ),
  errors: TextList,
});
export type SyncResult = Static<typeof SyncResult>;

/** Errors in the workflows of a pack's files, by the workflow's name. */
export const WorkflowValidation = Type.Object({
  pack_ref: Type.String(),
  validated_count: count,
  error_count: count,
  errors: Type.Record(Type.String(), TextList),
});
export type WorkflowValidation = Static<typeof WorkflowValidation>;
