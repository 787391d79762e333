import { dataEnvelope } from '../../../contract/envelopes';
import { CreateTrigger, Trigger, TriggerSummary, UpdateTrigger } from '../../../contract/triggers';
import { WordsFilter } from '../../../contract/words';
import { loadPack } from '../../auth/pack-access';
import { DomainError, requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import {
  createTrigger,
  findTrigger,
  listTriggers,
  removeTrigger,
  toTrigger,
  updateTrigger,
  type TriggerRow,
} from '../../store/events/triggers';
import { patchedValue, type PackRow } from '../../store/packs/packs';
import { inParent, onNewComponent, onOwnComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { enableRoutes } from '../http/enable-routes';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireUsableSchemas } from '../packs/usable-schemas';
import { withStoredPatches } from '../http/stored-schemas';

const PATH = '/api/v1/triggers';
const ITEM_PATH = `${PATH}/:ref`;
const tags = ['triggers'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Trigger) } };
const list = { tags, grant: null, filter: WordsFilter, item: TriggerSummary, pages: DEFAULT_PAGES };

export function triggersRoutes(api: Api): void {
  listRoutes(api);
  readRoutes(api);
  changeRoutes(api);
}

function listRoutes(api: Api): void {
  listRoute(api, {
    ...list,
    path: PATH,
    list: ({ transaction, query, page }) => listTriggers(transaction, { q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    path: `${PATH}/enabled`,
    list: ({ transaction, query, page }) => listTriggers(transaction, { enabledOnly: true, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/triggers',
    list: ({ transaction, loaded, query, page }) => listTriggers(transaction, { pack: loaded.id, q: query.q }, page),
  });
}

function readRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: ITEM_PATH,
    grant: null,
    schema: item,
    load: ({ transaction, params }) => loadTrigger(transaction, params.ref),
    handle: ({ loaded }) => ({ data: toTrigger(loaded) }),
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    ...onNewComponent('triggers:create', loadPackOfNew),
    method: 'POST',
    path: PATH,
    schema: { tags, body: CreateTrigger, response: { 201: dataEnvelope(Trigger) } },
    handle: async ({ transaction, body, loaded }) => ({
      data: toTrigger(await createTrigger(transaction, body, loaded)),
    }),
  });

  route(api, {
    method: 'PUT',
    path: ITEM_PATH,
    grant: 'triggers:update',
    schema: { ...item, body: UpdateTrigger },
    ...onOwnComponent(loadTrigger),
    handle: async ({ transaction, body, loaded }) => {
      const { param_schema, out_schema } = body;
      requireUsableSchemas({ param_schema: patchedValue(param_schema), out_schema: patchedValue(out_schema) });
      const stored = { param_schema: loaded.param_schema, out_schema: loaded.out_schema };
      const change = withStoredPatches(body, stored);
      return { data: toTrigger(await updateTrigger(transaction, loaded.id, change)) };
    },
  });

  deleteRoute(api, {
    path: ITEM_PATH,
    grant: 'triggers:delete',
    tags,
    params: refParams,
    ...onOwnComponent(loadTrigger),
    remove: ({ transaction, loaded }) => removeTrigger(transaction, loaded.id),
    name: ({ params }) => `Trigger '${params.ref}'`,
  });

  enableRoutes(api, {
    path: ITEM_PATH,
    grant: 'triggers:update',
    schema: item,
    ...onOwnComponent(loadTrigger),
    setEnabled: async ({ transaction, loaded }, enabled) => ({
      data: toTrigger(await updateTrigger(transaction, loaded.id, { enabled })),
    }),
  });
}

/** Throws NOT_FOUND. */
export const loadTrigger = async (transaction: Transaction, ref: string): Promise<TriggerRow> =>
  requireFound(await findTrigger(transaction, ref), `Trigger '${ref}'`);

/** VALIDATION_ERROR (schemas), CONFLICT, NOT_FOUND (pack), in this order. */
async function loadPackOfNew(transaction: Transaction, body: CreateTrigger): Promise<PackRow | null> {
  requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema });
  if (await findTrigger(transaction, body.ref)) {
    throw new DomainError('CONFLICT', `Trigger '${body.ref}' already exists`);
  }
  return typeof body.pack_ref === 'string' ? loadPack(transaction, body.pack_ref) : null;
}
