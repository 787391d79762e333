import type { DeniedResponse, GrantName } from '../../../contract/permissions';

interface CustomAuthorization {
  /** The right that the OpenAPI document names. */
  readonly grant: GrantName;
  readonly withoutGrant: DeniedResponse;
  readonly reason: string;
}

const readsArtifact: CustomAuthorization = {
  grant: 'artifacts:read',
  withoutGrant: 404,
  reason: 'an artifact is also readable by its owner and by those who may read or configure its pack',
};

const listsArtifacts: CustomAuthorization = {
  ...readsArtifact,
  withoutGrant: 'filtered',
};

/**
 * Every route whose handler authorizes its callers, with the reason. A test compares the list with
 * the routes.
 */
export const CUSTOM_AUTHORIZATION: Readonly<Record<string, CustomAuthorization>> = {
  'GET /api/v1/artifacts': listsArtifacts,
  'GET /api/v1/executions/:id/artifacts': listsArtifacts,
  'GET /api/v1/artifacts/:id': readsArtifact,
  'GET /api/v1/artifacts/ref/:ref': readsArtifact,
  'GET /api/v1/artifacts/:id/versions': readsArtifact,
  'GET /api/v1/artifacts/:id/versions/latest': readsArtifact,
  'GET /api/v1/artifacts/:id/versions/:version': readsArtifact,
  'GET /api/v1/artifacts/:id/download': readsArtifact,
  'GET /api/v1/artifacts/:id/versions/:version/download': readsArtifact,
  'GET /api/v1/artifacts/:id/stream': readsArtifact,
};
