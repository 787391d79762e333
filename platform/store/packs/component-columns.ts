import type { Selectable } from 'kysely';
import type { CreateAction, UpdateAction } from '../../../contract/actions';
import type { Tables } from '../database/tables';
import { optionalJson, patchedValue } from './packs';

type PlacementField = 'worker_selector' | 'worker_tolerations' | 'worker_affinity';
type RetentionField =
  | 'artifact_retention_policy'
  | 'artifact_retention_limit'
  | 'log_retention_policy'
  | 'log_retention_limit';

/** The columns that place an action or a sensor on workers; absent ones are kept. */
export const toPlacementColumns = (input: Pick<CreateAction, PlacementField>) => ({
  worker_selector: optionalJson(input.worker_selector),
  worker_tolerations: optionalJson(input.worker_tolerations),
  worker_affinity: optionalJson(input.worker_affinity),
});

/** The retention fields of a row. */
export const pickRetention = (row: Pick<Selectable<Tables['action']>, RetentionField>) => ({
  artifact_retention_policy: row.artifact_retention_policy,
  artifact_retention_limit: row.artifact_retention_limit,
  log_retention_policy: row.log_retention_policy,
  log_retention_limit: row.log_retention_limit,
});

/** The retention columns of an update; absent ones are kept. */
export const patchRetention = (change: Pick<UpdateAction, RetentionField>) => ({
  artifact_retention_policy: patchedValue(change.artifact_retention_policy),
  artifact_retention_limit: patchedValue(change.artifact_retention_limit),
  log_retention_policy: patchedValue(change.log_retention_policy),
  log_retention_limit: patchedValue(change.log_retention_limit),
});
