import { RETENTION_POLICIES, type RetentionPolicy } from '../../contract/actions';
import type { Json, JsonObject } from '../../contract/json';
import { asJson } from '../store/database';
import type { Fields } from './fields';

/** What the files of actions and of sensors both say: where it runs, and how long what it leaves is kept. */
export interface Placed {
  readonly runtimeVersion: string | null;
  readonly workerSelector: JsonObject;
  readonly workerTolerations: Json[];
  readonly workerAffinity: JsonObject;
  readonly artifactRetentionPolicy: RetentionPolicy | null;
  readonly artifactRetentionLimit: number | null;
  readonly logRetentionPolicy: RetentionPolicy | null;
  readonly logRetentionLimit: number | null;
}

/** Throws PackFileError. */
export const placedOf = (fields: Fields): Placed => ({
  runtimeVersion: fields.text('runtime_version') ?? null,
  workerSelector: fields.map('worker_selector') ?? {},
  workerTolerations: fields.list('worker_tolerations'),
  workerAffinity: fields.map('worker_affinity') ?? {},
  artifactRetentionPolicy: fields.word('artifact_retention_policy', RETENTION_POLICIES) ?? null,
  artifactRetentionLimit: fields.number('artifact_retention_limit', 1) ?? null,
  logRetentionPolicy: fields.word('log_retention_policy', RETENTION_POLICIES) ?? null,
  logRetentionLimit: fields.number('log_retention_limit', 1) ?? null,
});

/** As the columns of both tables are named. */
export const placementColumnsOf = (placed: Placed) => ({
  runtime_version_constraint: placed.runtimeVersion,
  worker_selector: asJson(placed.workerSelector),
  worker_tolerations: asJson(placed.workerTolerations),
  worker_affinity: asJson(placed.workerAffinity),
  artifact_retention_policy: placed.artifactRetentionPolicy,
  artifact_retention_limit: placed.artifactRetentionLimit,
  log_retention_policy: placed.logRetentionPolicy,
  log_retention_limit: placed.logRetentionLimit,
});
