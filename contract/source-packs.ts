import { Type, type Static } from '@sinclair/typebox';
import { JsonMap, NullableText } from './json';
import { withoutEffect } from './without-effect';

const count = Type.Integer({ minimum: 0 });
const PackPaths = Type.Array(Type.String({ minLength: 1 }), { minItems: 1, maxItems: 100 });

/** One directory of the server, and why it cannot be used. */
const PathError = Type.Object({ pack_path: Type.String(), error: Type.String() });

export const DownloadPacks = Type.Object({
  packs: Type.Array(
    Type.String({ minLength: 1, description: 'the address of a gzip tar, or the ref of an indexed pack' }),
    {
      minItems: 1,
      maxItems: 20,
    },
  ),
  destination_dir: withoutEffect('the platform chooses the directory', Type.String()),
  registry_url: Type.Optional(NullableText),
  ref_spec: Type.Optional(NullableText),
  timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: 300, description: 'of each download, seconds' })),
  verify_ssl: Type.Optional(Type.Boolean()),
});
export type DownloadPacks = Static<typeof DownloadPacks>;

/** `pack_path` can be registered as it is. */
export const DownloadResult = Type.Object({
  downloaded_packs: Type.Array(
    Type.Object({
      source: Type.String(),
      source_type: Type.String(),
      pack_path: Type.String(),
      pack_ref: Type.String(),
      pack_version: Type.String(),
      git_commit: NullableText,
      checksum: Type.String({ description: 'SHA-256 of the archive' }),
    }),
  ),
  failed_packs: Type.Array(Type.Object({ source: Type.String(), error: Type.String() })),
  total_count: count,
  success_count: count,
  failure_count: count,
});
export type DownloadResult = Static<typeof DownloadResult>;

export const AnalyzeDependencies = Type.Object({
  pack_paths: PackPaths,
  skip_validation: withoutEffect('every pack is validated', Type.Optional(Type.Boolean())),
});

const PackDependency = Type.Object({
  pack_ref: Type.String(),
  version_spec: Type.String({ description: '`*`: any version' }),
  required_by: Type.String(),
  already_installed: Type.Boolean(),
});

/** A pack that is present, in a version that a dependency does not accept. */
const DependencyConflict = Type.Object({
  pack_ref: Type.String(),
  version_spec: Type.String(),
  required_by: Type.String(),
  present_version: Type.String(),
});

const PythonRequirement = Type.Object({ version: NullableText, requirements_file: NullableText });
const NodeRequirement = Type.Object({ version: NullableText, package_file: NullableText });

/** What directories of the server depend on, beside each other and the installed packs. */
export const DependencyAnalysis = Type.Object({
  dependencies: Type.Array(PackDependency),
  runtime_requirements: Type.Record(
    Type.String(),
    Type.Object({
      pack_ref: Type.String(),
      python: Type.Union([PythonRequirement, Type.Null()]),
      nodejs: Type.Union([NodeRequirement, Type.Null()]),
    }),
  ),
  missing_dependencies: Type.Array(PackDependency),
  conflicts: Type.Array(DependencyConflict),
  analyzed_packs: Type.Array(
    Type.Object({
      pack_ref: Type.String(),
      pack_path: Type.String(),
      has_dependencies: Type.Boolean(),
      dependency_count: count,
    }),
  ),
  errors: Type.Array(PathError),
});
export type DependencyAnalysis = Static<typeof DependencyAnalysis>;

const BUILT_LATER = 'a worker builds the environments when the pack is registered';

export const DetectEnvironments = Type.Object({
  pack_paths: PackPaths,
  packs_base_dir: Type.Optional(NullableText),
  python_version: withoutEffect(BUILT_LATER, Type.Optional(NullableText)),
  nodejs_version: withoutEffect(BUILT_LATER, Type.Optional(NullableText)),
  skip_python: Type.Optional(Type.Boolean()),
  skip_nodejs: Type.Optional(Type.Boolean()),
  force_rebuild: withoutEffect(BUILT_LATER, Type.Optional(Type.Boolean())),
  timeout: withoutEffect(
    BUILT_LATER,
    Type.Optional(Type.Integer({ minimum: 1, maximum: 3_600, description: 'seconds' })),
  ),
});
export type DetectEnvironments = Static<typeof DetectEnvironments>;

/**
 * Counts of environments, and how long their detection took. The comparison with Attune finds it
 * by its name.
 * @public
 */
export const DetectionSummary = Type.Object({
  total_packs: count,
  success_count: count,
  failure_count: count,
  python_envs_built: count,
  nodejs_envs_built: count,
  total_duration_ms: count,
});

/** The environments that workers build once the packs are registered. */
export const DetectedEnvironments = Type.Object({
  built_environments: Type.Array(
    Type.Object({
      pack_ref: Type.String(),
      pack_path: Type.String(),
      environments: JsonMap,
      duration_ms: count,
    }),
  ),
  failed_environments: Type.Array(
    Type.Object({ pack_ref: Type.String(), pack_path: Type.String(), runtime: Type.String(), error: Type.String() }),
  ),
  summary: DetectionSummary,
});
export type DetectedEnvironments = Static<typeof DetectedEnvironments>;
