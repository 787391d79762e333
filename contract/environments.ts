import { Type, type Static } from '@sinclair/typebox';
import { NullableId, NullableText, NullableTimestamp, oneOf } from './json';

export const ENVIRONMENT_RUNTIMES = ['python', 'nodejs'] as const;
export type EnvironmentRuntime = (typeof ENVIRONMENT_RUNTIMES)[number];

/** `pending`: asked for; `outdated`: there is one, of other manifests than the pack's present ones, and a new one is asked for. */
export const ENVIRONMENT_STATUSES = ['pending', 'installing', 'ready', 'failed', 'outdated'] as const;
export type EnvironmentStatus = (typeof ENVIRONMENT_STATUSES)[number];

/** A pack's installed dependencies, one for each runtime that the pack has a manifest for. */
export const Environment = Type.Object({
  runtime: oneOf(ENVIRONMENT_RUNTIMES),
  status: oneOf(ENVIRONMENT_STATUSES),
  content_hash: Type.String({ description: 'of the manifests that it was, or is to be, made from' }),
  built_at: NullableTimestamp,
  size_bytes: NullableId,
  log: Type.String({ description: 'the last 50 lines of the installer' }),
  failing_requirement: NullableText,
});
export type Environment = Static<typeof Environment>;
