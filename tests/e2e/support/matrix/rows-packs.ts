import { componentOf, NEW_INDEX, ONE_TASK, randomText, type FixtureIds } from './fixtures';
import { readRow, createRow, changeRow, removeRow, NEW_LABEL, type RouteTable } from './route-row';

const PACK_VISIBILITY = { visibilityGrant: 'packs:read' } as const;
const uploadForm = () => {
  const parts = new FormData();
  parts.append('force', 'false');
  return parts;
};

const PACKS: RouteTable = {
  'GET /api/v1/packs': readRow('packs:read', undefined, { withoutGrant: 'filtered' }),
  'POST /api/v1/packs': createRow('packs:create', () => ({
    ref: `m-${randomText()}`,
    version: '1.0.0',
    label: 'made',
  })),
  'GET /api/v1/packs/{ref}': readRow('packs:read', 'pack', { withoutGrant: 404 }),
  'PUT /api/v1/packs/{ref}': changeRow('packs:configure', 'pack', NEW_LABEL, PACK_VISIBILITY),
  'DELETE /api/v1/packs/{ref}': removeRow('packs:delete', 'pack', PACK_VISIBILITY),
  'POST /api/v1/packs/register': createRow('packs:install', () => ({ path: '/nowhere' }), {}, { okStatus: 400 }),
  'POST /api/v1/packs/upload': createRow('packs:install', uploadForm, {}, { okStatus: 400 }),
  'POST /api/v1/packs/install': createRow('packs:install', () => ({ source: '/nowhere' }), {}, { okStatus: 400 }),
  'POST /api/v1/packs/register-batch': createRow(
    'packs:install',
    () => ({ pack_paths: ['/nowhere'] }),
    {},
    { okStatus: 200 },
  ),
  'POST /api/v1/packs/download': createRow(
    'packs:install',
    () => ({ packs: ['/nowhere'], destination_dir: '' }),
    {},
    { okStatus: 200 },
  ),
  'POST /api/v1/packs/dependencies': createRow(
    'packs:install',
    () => ({ pack_paths: ['/nowhere'] }),
    {},
    { okStatus: 200 },
  ),
  'POST /api/v1/packs/build-envs': createRow(
    'packs:install',
    () => ({ pack_paths: ['/nowhere'] }),
    {},
    { okStatus: 200 },
  ),
  'GET /api/v1/pack-indices': readRow('packs:read'),
  'POST /api/v1/pack-indices': createRow('packs:configure', () => NEW_INDEX),
  'PUT /api/v1/pack-indices/{id}': changeRow('packs:configure', 'packIndex', { name: 'as it was' }),
  'DELETE /api/v1/pack-indices/{id}': removeRow('packs:configure', 'packIndex'),
  'GET /api/v1/pack-indices/packs': readRow('packs:read'),
  'GET /api/v1/pack-indices/packs/{ref}': readRow('packs:read', 'pack', { okStatus: 404 }),
  'GET /api/v1/internal/packs/{ref}/archive': readRow(null, 'pack', { kinds: ['sensor'], crossTenantStatus: 403 }),
  'POST /api/v1/packs/{ref}/workflows/sync': changeRow('packs:configure', 'pack', undefined, PACK_VISIBILITY),
  'POST /api/v1/packs/{ref}/workflows/validate': changeRow('packs:read', 'pack', undefined, { withoutGrant: 404 }),
  'POST /api/v1/packs/{ref}/test': changeRow('actions:execute', 'pack', undefined, {
    okStatus: 400,
    ...PACK_VISIBILITY,
  }),
  'GET /api/v1/packs/{ref}/tests': readRow('packs:read', 'pack', { withoutGrant: 404 }),
  'GET /api/v1/packs/{ref}/tests/latest': readRow('packs:read', 'pack', { okStatus: 404, withoutGrant: 404 }),
  'GET /api/v1/packs/{ref}/environments': readRow('packs:read', 'pack', { withoutGrant: 404 }),
  'POST /api/v1/packs/{ref}/environments/rebuild': changeRow('packs:configure', 'pack', undefined, PACK_VISIBILITY),
  'GET /api/v1/packs/{ref}/actions': readRow(null, 'pack'),
  'GET /api/v1/packs/{ref}/runtimes': readRow('runtimes:read', 'pack', { isList: true }),
  'GET /api/v1/packs/{ref}/workflows': readRow(null, 'pack'),
  'GET /api/v1/packs/{ref}/triggers': readRow(null, 'pack'),
  'GET /api/v1/packs/{ref}/sensors': readRow(null, 'pack'),
  'GET /api/v1/packs/{ref}/rules': readRow(null, 'pack'),
};

const newAction = ({ pack }: FixtureIds) => ({ ...componentOf(pack), entrypoint: 'true' });
const ACTION_NAMES = {
  runtime: 'runtimeId',
  runtime_ref: 'runtime',
  default_execution_permission_set_refs: 'set',
} as const;
const newRuntime = ({ pack }: FixtureIds) => ({
  ref: `${pack}.${randomText()}`,
  pack_ref: pack,
  name: 'made',
  distributions: {},
  execution_config: {},
});
const newWorkflowFile =
  (name: () => string) =>
  ({ pack }: FixtureIds) => ({
    name: name(),
    pack_ref: pack,
    label: 'made',
    version: '1.0.0',
    ...ONE_TASK,
  });
const newWorkflow = ({ pack }: FixtureIds) => ({ ...componentOf(pack), version: '1.0.0', ...ONE_TASK });
/** The task runs an action of the pack `core`. */
const RUNS_CORE = { alsoNeeds: ['packs:read', 'actions:execute'], isOfPack: false } as const;
const NO_INPUTS = { inputs: { data: {} } };

const ACTIONS: RouteTable = {
  'GET /api/v1/actions': readRow(null),
  'GET /api/v1/actions/search': readRow(null, undefined, { query: { q: 'greet' } }),
  'POST /api/v1/actions': createRow('actions:create', newAction, { pack_ref: 'pack', ...ACTION_NAMES }),
  'GET /api/v1/actions/{ref}': readRow(null, 'action'),
  'PUT /api/v1/actions/{ref}': changeRow('actions:update', 'action', NEW_LABEL, { bodyReferences: ACTION_NAMES }),
  'DELETE /api/v1/actions/{ref}': removeRow('actions:delete', 'action'),
  'GET /api/v1/actions/{ref}/queue-stats': readRow(null, 'action', { okStatus: 404 }),
  'GET /api/v1/actions/{ref}/rules': readRow(null, 'action'),
  'GET /api/v1/runtimes': readRow('runtimes:read', undefined, { isList: true }),
  'GET /api/v1/runtimes/{ref}': readRow('runtimes:read', 'runtime'),
  'POST /api/v1/runtimes': createRow('runtimes:create', newRuntime, { pack_ref: 'pack' }),
  'PUT /api/v1/runtimes/{ref}': changeRow('runtimes:update', 'runtime', {}),
  'DELETE /api/v1/runtimes/{ref}': removeRow('runtimes:delete', 'runtime'),
  'GET /api/v1/workflows': readRow(null),
  'POST /api/v1/workflows': createRow('actions:create', newWorkflow, { pack_ref: 'pack' }, RUNS_CORE),
  'POST /api/v1/packs/{ref}/workflow-files': createRow(
    'actions:create',
    newWorkflowFile(randomText),
    { pack_ref: 'pack' },
    {
      path: 'pack',
      isSequential: true,
      crossTenantStatus: 400,
      ...RUNS_CORE,
    },
  ),
  'PUT /api/v1/workflows/{ref}/file': changeRow('actions:update', 'workflow', undefined, {
    ...RUNS_CORE,
    isSequential: true,
    body: newWorkflowFile(() => 'flow'),
    bodyReferences: { pack_ref: 'pack' },
  }),
  'GET /api/v1/workflows/{ref}': readRow(null, 'workflow'),
  'PUT /api/v1/workflows/{ref}': changeRow('actions:update', 'workflow', NEW_LABEL, RUNS_CORE),
  'GET /api/v1/workflows/{ref}/revisions': readRow(null, 'workflow'),
  'POST /api/v1/workflows/{ref}/revisions': changeRow('actions:update', 'workflow', ONE_TASK, { okStatus: 201 }),
  'GET /api/v1/workflows/{ref}/revisions/{revision}': readRow(null, 'workflow'),
  'GET /api/v1/workflows/{ref}/revisions/{revision}/explanation': readRow(null, 'workflow'),
  'POST /api/v1/workflows/{ref}/revisions/{revision}/compile': changeRow(
    'actions:update',
    'workflow',
    undefined,
    RUNS_CORE,
  ),
  'POST /api/v1/workflows/{ref}/execute': changeRow('actions:execute', 'workflow', NO_INPUTS, { okStatus: 201 }),
  'DELETE /api/v1/workflows/{ref}': removeRow('actions:delete', 'workflow'),
};

/** Routes of packs, actions, workflows and runtimes. */
export const PACK_ROWS: RouteTable = { ...PACKS, ...ACTIONS };
