import { randomText, type FixtureIds } from './fixtures';
import { changeRow, createRow, NEW_LABEL, readRow, removeRow, type RouteTable } from './route-row';

const HIDDEN = { withoutGrant: 404 } as const;
const REFERENCES = { pack_ref: 'pack', dispatch_action_ref: 'action', permission_set_refs: 'set' } as const;
/** Of no item: an item belongs to a queue, and calls of a queue prove its isolation. */
const NO_ITEM = { okStatus: 404 } as const;

const newQueue = ({ action }: FixtureIds) => ({
  ref: `q${randomText()}`,
  label: 'made',
  dispatch_action_ref: action,
  enabled: false,
});

/** Routes of work queues and their items. */
export const QUEUE_ROWS: RouteTable = {
  'GET /api/v1/queues': readRow('queues:read', undefined, { isList: true }),
  'GET /api/v1/packs/{ref}/queues': readRow('queues:read', 'pack', { isList: true }),
  // Of a user it is needed when the queue dispatches, of a program at once.
  'POST /api/v1/queues': createRow('queues:create', newQueue, REFERENCES, {
    alsoNeeds: ['actions:execute'],
    withoutLast: 201,
  }),
  'GET /api/v1/queues/{ref}': readRow('queues:read', 'queue', HIDDEN),
  'PUT /api/v1/queues/{ref}': changeRow('queues:update', 'queue', NEW_LABEL, { bodyReferences: REFERENCES }),
  'DELETE /api/v1/queues/{ref}': removeRow('queues:delete', 'queue'),
  'GET /api/v1/queues/{ref}/items': readRow('queues:read', 'queue', HIDDEN),
  'POST /api/v1/queues/{ref}/items': {
    grant: 'queues:create',
    path: 'queue',
    okStatus: 201,
    body: () => ({ payload: 1 }),
  },
  'GET /api/v1/queues/{ref}/items/{id}': readRow('queues:read', 'queue', { ...HIDDEN, ...NO_ITEM }),
  'PUT /api/v1/queues/{ref}/items/{id}': changeRow('queues:update', 'queue', { priority: 1 }, NO_ITEM),
  'DELETE /api/v1/queues/{ref}/items/{id}': removeRow('queues:delete', 'queue', NO_ITEM),
};
