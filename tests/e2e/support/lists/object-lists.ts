import { ARTIFACT_TYPES, ArtifactSummary, ArtifactVersionSummary, VISIBILITIES } from '../../../../contract/artifacts';
import { INQUIRY_STATUSES, InquirySummary } from '../../../../contract/inquiries';
import { IntegrationToken } from '../../../../contract/integration-tokens';
import { KeySummary, OWNER_TYPES } from '../../../../contract/keys';
import { PackIndex } from '../../../../contract/pack-indices';
import { IdentitySummary, PermissionAssignment } from '../../../../contract/permissions';
import { QueueItem } from '../../../../contract/queues';
import { choiceIn, idIn, partOf, textIn, type FilterCell } from './filters';
import { byRef, newestFirst, PAGES, sorted, type ListCell, type Parameters } from './list-cell';
import type { Row } from './row';
import type { ListedObjects } from './objects';

type Cell = ListCell<ListedObjects>;

const idsIn = (rows: readonly Row[], column: string): Parameters[] =>
  [...new Set(rows.map((row) => row[column] as number))].map((id) => ({ id }));

const inquiry = {
  key: 'id',
  item: InquirySummary,
  shown: { has_response: ({ response }: Row) => response !== null },
  pages: PAGES,
  filters: {},
};

const INQUIRIES: readonly Cell[] = [
  {
    ...inquiry,
    path: '/api/v1/inquiries',
    rows: ({ inquiries }) => newestFirst(inquiries),
    filters: {
      status: choiceIn('status', INQUIRY_STATUSES),
      execution: idIn('execution'),
      assigned_to: idIn('assigned_to'),
    },
    pages: { size: 'limit', default: 50, cap: 500, echoesCap: true },
  },
  {
    ...inquiry,
    path: '/api/v1/inquiries/status/{status}',
    params: () => [...INQUIRY_STATUSES].map((status) => ({ status })),
    rows: ({ inquiries }, params) => newestFirst(inquiries.filter(({ status }) => status === params.status)),
  },
  {
    ...inquiry,
    path: '/api/v1/executions/{id}/inquiries',
    params: ({ inquiries }) => idsIn(inquiries, 'execution').reverse(),
    rows: ({ inquiries }, { id }) => newestFirst(inquiries.filter(({ execution }) => execution === id)),
  },
];

const wroteVersion: FilterCell<ListedObjects> = {
  ...idIn('execution'),
  values: ({ own }) => [...new Set(own.flatMap(({ executions }) => executions as number[]))],
  keeps: ({ executions }, value) => (executions as unknown[]).includes(value),
};

const ARTIFACTS: readonly Cell[] = [
  {
    path: '/api/v1/artifacts',
    key: 'id',
    item: ArtifactSummary,
    rows: ({ artifacts }) => newestFirst(artifacts),
    filters: {
      scope: choiceIn('scope', OWNER_TYPES),
      owner: textIn('owner'),
      type: choiceIn('type', ARTIFACT_TYPES),
      visibility: choiceIn('visibility', VISIBILITIES),
      execution: wroteVersion,
      name: partOf(['name'], () => ['report', 'two', 'o']),
    },
    pages: { size: 'per_page', default: 20, cap: 100 },
  },
  {
    path: '/api/v1/executions/{id}/artifacts',
    params: ({ inquiries }) => idsIn(inquiries, 'execution'),
    key: 'id',
    item: ArtifactSummary,
    rows: ({ artifacts }, { id }) =>
      newestFirst(artifacts.filter(({ executions }) => (executions as unknown[]).includes(id))),
    filters: {},
  },
  {
    path: '/api/v1/artifacts/{id}/versions',
    params: ({ versions }) => idsIn(versions, 'artifact'),
    key: 'id',
    item: ArtifactVersionSummary,
    rows: ({ versions }) => sorted(versions, '-version'),
    filters: {},
  },
];

/** Any of some statuses, separated by commas. */
const statuses: FilterCell<ListedObjects> = {
  type: 'string',
  values: () => ['queued', 'retry, queued', 'leased,retry,completed,failed,skipped,cancelled'],
  keeps: ({ status }, value) =>
    String(value)
      .split(',')
      .some((each) => each.trim() === status),
  misses: () => [],
  refused: 'queued,nothing',
};

const ONE_SOURCE = 'items are added by the API only';
const ALL_QUEUED = 'no item of a queue that dispatches nothing has another status: T2.20';

/** The lists of what belongs to identities, packs and executions. */
export const OBJECT_LISTS: readonly Cell[] = [
  ...INQUIRIES,
  ...ARTIFACTS,
  {
    path: '/api/v1/keys',
    key: 'ref',
    item: KeySummary,
    rows: ({ keys }) => byRef(keys),
    filters: { owner_type: choiceIn('owner_type', OWNER_TYPES), owner: textIn('owner') },
    pages: { size: 'per_page', default: 50 },
  },
  {
    path: '/api/v1/queues/{ref}/items',
    params: () => [{ ref: 'waiting' }],
    key: 'id',
    item: QueueItem,
    rows: ({ items }) => sorted(items, '-priority', 'created', 'id'),
    filters: { item_key: textIn('item_key'), enqueue_source: textIn('enqueue_source'), statuses },
    inseparable: {
      'item_key & enqueue_source': ONE_SOURCE,
      'item_key & statuses': ALL_QUEUED,
      'enqueue_source & statuses': ONE_SOURCE,
    },
    pages: { size: 'per_page', default: 50 },
  },
  {
    path: '/api/v1/identities',
    key: 'id',
    item: IdentitySummary,
    rows: ({ identities }) => sorted(identities, 'login'),
    shown: { roles: ({ roles }) => [...(roles as string[])].sort() },
    filters: {},
    pages: PAGES,
  },
  {
    path: '/api/v1/identities/{id}/permissions',
    params: ({ assignments }) => idsIn(assignments, 'identity_id'),
    key: 'id',
    item: PermissionAssignment,
    rows: ({ assignments }) => sorted(assignments, 'permission_set_ref'),
    filters: {},
  },
  {
    path: '/api/v1/identities/{id}/integration-tokens',
    params: ({ tokens }) => idsIn(tokens, 'identity_id'),
    key: 'id',
    item: IntegrationToken,
    rows: ({ tokens }) => sorted(tokens, '-id'),
    filters: {},
  },
  {
    path: '/api/v1/pack-indices',
    key: 'id',
    item: PackIndex,
    rows: ({ indices }) => sorted(indices, 'position', 'id'),
    filters: {},
  },
];
