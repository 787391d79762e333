import { dataEnvelope } from '../../../contract/envelopes';
import { CreateQueue, Queue, QueueFilter, QueueSummary, UpdateQueue } from '../../../contract/queues';
import { componentTarget } from '../../auth/authorization-targets';
import { loadPack } from '../../auth/pack-access';
import { DomainError, notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { loadDispatchTuning } from '../../store/queues/dispatch-tuning';
import {
  createQueue,
  findQueue,
  listQueues,
  removeQueue,
  toQueue,
  toQueueSummary,
  updateQueue,
  type QueueRow,
} from '../../store/queues/queues';
import { inParent, onComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { LONG_PAGES } from '../http/paging';
import { route } from '../http/route';
import { withStoredParameters } from '../http/stored-parameters';
import { withStoredSchemas } from '../http/stored-schemas';
import { parameterSchemaOf } from '../../store/packs/action-schemas';
import { requireUsableSchemas } from '../packs/usable-schemas';
import { newQueueReferences, queueChangeReferences, requireAdhoc } from './queue-requirements';

const PATH = '/api/v1/queues';
const tags = ['queues'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Queue) } };

export function queuesRoutes(api: Api): void {
  readRoutes(api);
  createRoute(api);
  changeRoutes(api);
}

function readRoutes(api: Api): void {
  const list = {
    tags,
    grant: 'queues:read' as const,
    filter: QueueFilter,
    item: QueueSummary,
    pages: LONG_PAGES,
    rowTarget: (row: QueueRow) => componentTarget(row),
    toItem: toQueueSummary,
  };
  listRoute(api, {
    ...list,
    path: PATH,
    list: ({ transaction, query, page }) => listQueues(transaction, query, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/queues',
    list: ({ transaction, query, loaded, page }) => listQueues(transaction, { ...query, pack: loaded.id }, page),
  });

  route(api, {
    method: 'GET',
    path: `${PATH}/:ref`,
    grant: 'queues:read',
    schema: item,
    ...onQueue,
    handle: async ({ transaction, loaded }) => ({
      data: toQueue(
        loaded,
        await parameterSchemaOf(transaction, loaded.dispatch_action_ref),
        await loadDispatchTuning(transaction, loaded),
      ),
    }),
  });
}

function createRoute(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'queues:create',
    schema: { tags, body: CreateQueue, response: { 201: dataEnvelope(Queue) } },
    load: async ({ transaction, body }) => (body.pack_ref ? loadPack(transaction, body.pack_ref) : null),
    target: ({ body, caller }) => componentTarget({ ...body, owner_identity: caller.identity }),
    handle: async ({ transaction, rights, caller, body, loaded }) => {
      requireUsableSchemas({ item_schema: body.item_schema });
      const references = await newQueueReferences({ transaction, rights, caller, body, pack: loaded });
      const row = await createQueue(transaction, body, references);
      return { data: toQueue(row, await parameterSchemaOf(transaction, row.dispatch_action_ref)) };
    },
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    method: 'PUT',
    path: `${PATH}/:ref`,
    grant: 'queues:update',
    schema: { ...item, body: UpdateQueue },
    ...onComponent(lockQueueOfRef),
    handle: async ({ transaction, rights, caller, body, loaded }) => {
      requireUsableSchemas({ item_schema: body.item_schema });
      const change = withStoredSchemas(withStoredParameters(body, loaded), { item_schema: loaded.item_schema });
      const context = { transaction, rights, caller, body: change, given: body.action_params, queue: loaded };
      const row = await updateQueue(transaction, loaded.id, change, await queueChangeReferences(context));
      return { data: toQueue(row, await parameterSchemaOf(transaction, row.dispatch_action_ref)) };
    },
  });

  deleteRoute(api, {
    path: `${PATH}/:ref`,
    grant: 'queues:delete',
    tags,
    params: refParams,
    ...onComponent(lockQueueOfRef),
    check: ({ loaded }) => requireAdhoc(loaded),
    remove: ({ transaction, loaded }) => removeQueue(transaction, loaded.id),
    name: ({ params }) => queueName(params.ref),
  });
}

const queueName = (ref: string): string => `Queue '${ref}'`;

/** The same for a queue that does not exist and for one that is hidden from the caller. */
const queueNotFound = (ref: string): DomainError => notFound(queueName(ref));

/** NOT_FOUND. `isLocked`: no one else changes it until the commit. */
export async function loadQueue(transaction: Transaction, ref: string, isLocked = false): Promise<QueueRow> {
  const row = await findQueue(transaction, ref, isLocked);
  if (!row) throw queueNotFound(ref);
  return row;
}

const lockQueueOfRef = (transaction: Transaction, ref: string): Promise<QueueRow> => loadQueue(transaction, ref, true);

/** Requirements of a route that reads one queue: NOT_FOUND, also where it is hidden. */
export const onQueue = {
  ...onComponent(loadQueue),
  hiddenAs: ({ params }: { readonly params: { readonly ref: string } }) => queueNotFound(params.ref),
};
