import { dataEnvelope } from '../../../contract/envelopes';
import { CreateSensor, Sensor, SensorSummary, UpdateSensor } from '../../../contract/sensors';
import { WordsFilter } from '../../../contract/words';
import { componentTarget } from '../../auth/authorization-targets';
import { isTextHidden, loadPack } from '../../auth/pack-access';
import { DomainError, notFound, requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import {
  createSensor,
  findSensor,
  listSensors,
  loadSensorDetail,
  removeSensor,
  updateSensor,
  type SensorRow,
} from '../../store/events/sensors';
import { patchedValue, type PackRow } from '../../store/packs/packs';
import { findRuntime, type RuntimeRow } from '../../store/packs/runtimes';
import { inParent, onOwnComponent, refParams, requireNewComponent } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { enableRoutes } from '../http/enable-routes';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireUsableSchemas } from '../packs/usable-schemas';
import { requireUsablePlacement } from '../packs/usable-placement';
import { withStoredPatches } from '../http/stored-schemas';
import { sensorLogsRoutes } from './sensor-logs';
import { loadTrigger } from './triggers';

const PATH = '/api/v1/sensors';
const ITEM_PATH = `${PATH}/:ref`;
const tags = ['sensors'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Sensor) } };
const list = { tags, grant: null, filter: WordsFilter, item: SensorSummary, pages: DEFAULT_PAGES };

/** Sensors emit the events of triggers: the grants for triggers are the grants for sensors. */
export function sensorsRoutes(api: Api, context: ApiContext): void {
  listRoutes(api);
  readRoutes(api);
  changeRoutes(api);
  sensorLogsRoutes(api, context);
}

function listRoutes(api: Api): void {
  listRoute(api, {
    ...list,
    path: PATH,
    list: ({ transaction, query, page }) => listSensors(transaction, { q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    path: `${PATH}/enabled`,
    list: ({ transaction, query, page }) => listSensors(transaction, { enabledOnly: true, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/sensors',
    list: ({ transaction, loaded, query, page }) => listSensors(transaction, { pack: loaded.id, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadTrigger),
    path: '/api/v1/triggers/:ref/sensors',
    list: ({ transaction, loaded, query, page }) =>
      listSensors(transaction, { triggerRef: loaded.ref, q: query.q }, page),
  });
}

function readRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: ITEM_PATH,
    grant: null,
    schema: item,
    load: ({ transaction, params }) => loadSensor(transaction, params.ref),
    handle: async ({ transaction, rights, loaded }) => {
      const isHidden = await isTextHidden(transaction, await rights(), loaded.pack_ref);
      const sensor = await loadSensorDetail(transaction, loaded);
      return { data: isHidden ? withoutTexts(sensor) : sensor };
    },
  });
}

/** The error of its process may have what the program wrote. */
const withoutTexts = ({ process, ...sensor }: Sensor): Sensor => ({
  ...sensor,
  entrypoint: '',
  process: process && { ...process, error: process.error && '' },
});

function changeRoutes(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'triggers:create',
    schema: { tags, body: CreateSensor, response: { 201: dataEnvelope(Sensor) } },
    validate: ({ body }) => requireUsablePlacement(body),
    load: ({ transaction, body }) => loadReferences(transaction, body),
    target: ({ body }) => componentTarget(body),
    check: ({ transaction, rights, body, loaded }) =>
      requireNewComponent(transaction, rights, 'triggers:create', body, loaded.pack),
    handle: async ({ transaction, body, loaded }) => ({
      data: await loadSensorDetail(transaction, await createSensor(transaction, body, loaded)),
    }),
  });

  route(api, {
    method: 'PUT',
    path: ITEM_PATH,
    grant: 'triggers:update',
    schema: { ...item, body: UpdateSensor },
    validate: ({ body }) => requireUsablePlacement(body),
    ...onOwnComponent(loadSensor),
    handle: async ({ transaction, body, loaded }) => {
      requireUsableSchemas({ param_schema: patchedValue(body.param_schema) });
      const change = withStoredPatches(body, { param_schema: loaded.param_schema });
      const changed = await updateSensor(transaction, loaded.id, change);
      return { data: await loadSensorDetail(transaction, changed) };
    },
  });

  deleteRoute(api, {
    path: ITEM_PATH,
    grant: 'triggers:delete',
    tags,
    params: refParams,
    ...onOwnComponent(loadSensor),
    remove: ({ transaction, loaded }) => removeSensor(transaction, loaded.id),
    name: ({ params }) => `Sensor '${params.ref}'`,
  });

  enableRoutes(api, {
    path: ITEM_PATH,
    grant: 'triggers:update',
    schema: item,
    ...onOwnComponent(loadSensor),
    setEnabled: async ({ transaction, loaded }, enabled) => ({
      data: await loadSensorDetail(transaction, await updateSensor(transaction, loaded.id, { enabled })),
    }),
  });
}

const loadSensor = async (transaction: Transaction, ref: string): Promise<SensorRow> =>
  requireFound(await findSensor(transaction, ref), `Sensor '${ref}'`);

interface References {
  readonly pack: PackRow;
  readonly runtime: RuntimeRow;
}

/** VALIDATION_ERROR (schemas), CONFLICT, NOT_FOUND (pack, runtime, trigger), in this order. */
async function loadReferences(transaction: Transaction, body: CreateSensor): Promise<References> {
  requireUsableSchemas({ param_schema: body.param_schema });
  if (await findSensor(transaction, body.ref)) throw new DomainError('CONFLICT', `Sensor '${body.ref}' already exists`);
  const pack = await loadPack(transaction, body.pack_ref);
  const runtime = await findRuntime(transaction, { ref: body.runtime_ref });
  if (!runtime) throw notFound(`Runtime '${body.runtime_ref}'`);
  await loadTrigger(transaction, body.trigger_ref);
  return { pack, runtime };
}
