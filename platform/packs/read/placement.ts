import { RETENTION_POLICIES, type RetentionPolicy } from '../../../contract/artifacts';
import type { Json, JsonObject } from '../../../contract/json';
import { placementFault } from '../../core/worker/placement';
import { asJson } from '../../store/database/connection';
import type { YamlFields } from './yaml-fields';

/**
 * Fields that actions and sensors have in common: where they run, and how long their output is
 * kept.
 */
export interface ComponentPlacement {
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
export const readPlacement = (fields: YamlFields): ComponentPlacement => ({
  runtimeVersion: fields.text('runtime_version') ?? null,
  ...readWorkerFields(fields),
  artifactRetentionPolicy: fields.word('artifact_retention_policy', RETENTION_POLICIES) ?? null,
  artifactRetentionLimit: fields.number('artifact_retention_limit', 1) ?? null,
  logRetentionPolicy: fields.word('log_retention_policy', RETENTION_POLICIES) ?? null,
  logRetentionLimit: fields.number('log_retention_limit', 1) ?? null,
});

function readWorkerFields(fields: YamlFields) {
  const workerSelector = fields.map('worker_selector') ?? {};
  const workerTolerations = fields.list('worker_tolerations');
  const workerAffinity = fields.map('worker_affinity') ?? {};
  const fault = placementFault({
    worker_selector: workerSelector,
    worker_tolerations: workerTolerations,
    worker_affinity: workerAffinity,
  });
  if (fault !== null) throw fields.error(fault.path.split('/')[0]!, `${fault.path} ${fault.expectation}`);
  return { workerSelector, workerTolerations, workerAffinity };
}

/** The columns of both tables. */
export const placementColumns = (placement: ComponentPlacement) => ({
  runtime_version_constraint: placement.runtimeVersion,
  worker_selector: asJson(placement.workerSelector),
  worker_tolerations: asJson(placement.workerTolerations),
  worker_affinity: asJson(placement.workerAffinity),
  artifact_retention_policy: placement.artifactRetentionPolicy,
  artifact_retention_limit: placement.artifactRetentionLimit,
  log_retention_policy: placement.logRetentionPolicy,
  log_retention_limit: placement.logRetentionLimit,
});
