import { randomText } from './fixtures';
import { readRow, createRow, changeRow, removeRow, type RouteTable } from './route-row';

const EXECUTIONS: RouteTable = {
  'POST /api/v1/executions/execute': createRow('actions:execute', () => ({ action_ref: 'core.noop' }), {
    action_ref: 'action',
    permission_set_refs: 'set',
  }),
  'GET /api/v1/executions': readRow(null),
  'GET /api/v1/executions/stats': readRow(null),
  'GET /api/v1/executions/durations': readRow(null),
  'GET /api/v1/executions/stream': readRow(null, undefined, {
    kinds: ['access', 'execution'],
    statusByKind: { execution: 403 },
  }),
  'GET /api/v1/executions/status/{status}': readRow(null),
  'GET /api/v1/executions/{id}': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/log': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/tree': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/waiting': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/workflow-task-waits': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/logs/{stream}/stream': readRow('executions:read', 'execution'),
  'GET /api/v1/executions/{id}/inquiries': readRow(null, 'execution'),
  'GET /api/v1/executions/{id}/history': readRow(null, 'execution'),
  'POST /api/v1/executions/{id}/pause': changeRow('executions:cancel', 'execution', undefined, { okStatus: 409 }),
  'POST /api/v1/executions/{id}/replay': changeRow('executions:read', 'execution', {}, { okStatus: 409 }),
  'POST /api/v1/executions/{id}/rerun': changeRow(
    'executions:read',
    'execution',
    { from: 'first' },
    { okStatus: 409, alsoNeeds: ['actions:execute'] },
  ),
  'POST /api/v1/executions/{id}/resume': changeRow('executions:cancel', 'execution', undefined, { okStatus: 409 }),
  'POST /api/v1/executions/{id}/cancel': changeRow('executions:cancel', 'execution', undefined, { okStatus: 409 }),
};

const newArtifact = () => ({ ref: `m.${randomText()}`, scope: 'system', owner: '', type: 'other' });
/** Of another pack than the action that runs, which is readable to the readers of its pack. */
const READ_ARTIFACT = {
  visibilityGrant: 'artifacts:read',
  alsoNeeds: ['packs:read'],
  statusByKind: { execution: 403 },
} as const;
const READERS = {
  withoutGrant: 404,
  alsoNeeds: ['packs:read'],
  openedBy: ['packs:read', 'packs:configure'],
} as const;
/** Each call gets a new form. */
const uploadBody = () => {
  const form = new FormData();
  form.append('file', new Blob(['x']), 'file');
  return form;
};
const NEW_VERSION = { ...READ_ARTIFACT, okStatus: 201, bodyReferences: { execution: 'execution' } } as const;
const UPLOAD = { ...NEW_VERSION, body: uploadBody, bodyReferences: { execution: null } } as const;
const BY_REF = { createsByPath: true, crossTenantStatus: 201 } as const;

const ARTIFACT_WRITES: RouteTable = {
  'POST /api/v1/artifacts': createRow('artifacts:create', newArtifact),
  'PUT /api/v1/artifacts/{id}': changeRow(
    'artifacts:update',
    'artifact',
    { description: { op: 'clear' } },
    READ_ARTIFACT,
  ),
  'DELETE /api/v1/artifacts/{id}': removeRow('artifacts:delete', 'artifact', READ_ARTIFACT),
  'PUT /api/v1/artifacts/{id}/data': changeRow('artifacts:update', 'artifact', { data: 1 }, READ_ARTIFACT),
  'POST /api/v1/artifacts/{id}/progress': changeRow(
    'artifacts:update',
    'artifact',
    { entry: 1 },
    { ...READ_ARTIFACT, okStatus: 400 },
  ),
  'POST /api/v1/artifacts/{id}/versions': changeRow('artifacts:update', 'artifact', { content: 1 }, NEW_VERSION),
  'DELETE /api/v1/artifacts/{id}/versions/{version}': removeRow('artifacts:delete', 'artifact', READ_ARTIFACT),
  // Its version has no content yet: of a shared artifact, it could be the one that is downloaded.
  'POST /api/v1/artifacts/{id}/versions/file': changeRow(
    'artifacts:update',
    'artifact',
    {},
    { ...NEW_VERSION, needsOwnFixture: true },
  ),
  'POST /api/v1/artifacts/ref/{ref}/versions/file': changeRow(
    'artifacts:update',
    'uploadedRef',
    {},
    { ...NEW_VERSION, ...BY_REF },
  ),
  'POST /api/v1/artifacts/{id}/versions/upload': changeRow('artifacts:update', 'artifact', undefined, UPLOAD),
  'POST /api/v1/artifacts/ref/{ref}/versions/upload': changeRow('artifacts:update', 'uploadedRef', undefined, {
    ...UPLOAD,
    ...BY_REF,
  }),
};

const ARTIFACTS: RouteTable = {
  ...ARTIFACT_WRITES,
  'GET /api/v1/artifacts': readRow('artifacts:read', undefined, { withoutGrant: 'filtered' }),
  'GET /api/v1/executions/{id}/artifacts': readRow('artifacts:read', 'execution', {
    withoutGrant: 'filtered',
    crossTenantStatus: 200,
  }),
  'GET /api/v1/artifacts/ref/{ref}': readRow('artifacts:read', 'artifactRef', READERS),
  ...Object.fromEntries(
    [
      '',
      '/versions',
      '/versions/latest',
      '/versions/{version}',
      '/download',
      '/versions/{version}/download',
      '/stream',
    ].map((part) => [`GET /api/v1/artifacts/{id}${part}`, readRow('artifacts:read', 'artifact', READERS)]),
  ),
};

/** Routes of executions and artifacts. */
export const EXECUTION_ROWS: RouteTable = { ...EXECUTIONS, ...ARTIFACTS };
