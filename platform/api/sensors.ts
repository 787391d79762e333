import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import { CreateSensor, Sensor, SensorSummary, UpdateSensor } from '../../contract/sensors';
import type { Transaction } from '../store/database';
import { findRuntime } from '../store/runtimes';
import {
  createSensor,
  findSensor,
  listSensors,
  removeSensor,
  sensorOf,
  updateSensor,
  type SensorFilter,
  type SensorRow,
} from '../store/sensors';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { PageQuery, envelope, pageOf } from './paging';
import { sensorLogsRoutes } from './sensor-logs';
import { componentTarget } from './targets';
import { existingTrigger } from './triggers';

const PATH = '/api/v1/sensors';
const tags = ['sensors'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

/** Whoever may change triggers may change what brings their events. */
export function sensorsRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  oneRoutes(api, context);
  switchRoutes(api, context);
  sensorLogsRoutes(api, context);
}

/** Lists by what a sensor belongs to: each says which sensors, and that it exists. */
const BELONGING: Readonly<Record<string, (transaction: Transaction, ref: string) => Promise<SensorFilter>>> = {
  packs: async (transaction, ref) => ({ pack: (await existingPack(transaction, ref)).id }),
  triggers: async (transaction, ref) => ({ triggerRef: (await existingTrigger(transaction, ref)).ref }),
};

function listRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, querystring: PageQuery, response: { 200: page(SensorSummary) } };
  const config = { grant: null };
  const paged = async (transaction: Transaction, filter: SensorFilter, query: PageQuery) => {
    const wanted = pageOf(query, PAGES);
    const { rows, total } = await listSensors(transaction, filter, wanted);
    return envelope(wanted, rows, total);
  };

  api.get(PATH, { config, schema: list }, ({ caller, query }) =>
    db.inTenant(caller.tenant, (transaction) => paged(transaction, {}, query)),
  );

  api.get(`${PATH}/enabled`, { config, schema: list }, ({ caller, query }) =>
    db.inTenant(caller.tenant, (transaction) => paged(transaction, { enabledOnly: true }, query)),
  );

  for (const [owner, filterOf] of Object.entries(BELONGING)) {
    const path = `/api/v1/${owner}/:ref/sensors`;
    api.get(path, { config, schema: { ...list, params } }, ({ caller, params: { ref }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => paged(transaction, await filterOf(transaction, ref), query)),
    );
  }
}

function oneRoutes(api: Api, { db }: ApiContext): void {
  const answer = { tags, params, response: { 200: one(Sensor) } };

  api.post(
    PATH,
    { config: { grant: 'triggers:create' }, schema: { tags, body: CreateSensor, response: { 201: one(Sensor) } } },
    async ({ caller, body }, reply) => {
      const data = await db.inTenant(caller.tenant, async (transaction) =>
        sensorOf(transaction, await create(transaction, caller, body)),
      );
      return reply.code(201).send({ data });
    },
  );

  api.get(`${PATH}/:ref`, { config: { grant: null }, schema: answer }, ({ caller, params: { ref } }) =>
    db.inTenant(caller.tenant, async (transaction) => ({
      data: await sensorOf(transaction, await existing(transaction, ref)),
    })),
  );

  api.put(
    `${PATH}/:ref`,
    { config: { grant: 'triggers:update' }, schema: { ...answer, body: UpdateSensor } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeable(transaction, caller, ref, 'update');
        refuseForbiddenNames({ param_schema: body.param_schema?.op === 'set' ? body.param_schema.value : null });
        return { data: await sensorOf(transaction, await updateSensor(transaction, id, body)) };
      }),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'triggers:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeable(transaction, caller, ref, 'delete');
        await removeSensor(transaction, id);
        return { success: true as const, message: `Sensor '${ref}' deleted` };
      }),
  );
}

function switchRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, params, response: { 200: one(Sensor) } };
  const config = { bodiless: true, grant: 'triggers:update' } as const;
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    api.post(`${PATH}/:ref/${verb}`, { config, schema }, ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await changeable(transaction, caller, ref, 'update');
        return { data: await sensorOf(transaction, await updateSensor(transaction, id, { enabled })) };
      }),
    );
  }
}

async function existing(transaction: Transaction, ref: string): Promise<SensorRow> {
  const row = await findSensor(transaction, ref);
  if (!row) throw notFound(`Sensor '${ref}'`);
  return row;
}

/** NOT_FOUND, then FORBIDDEN: without the grant, or where it is a sensor that we ship. */
async function changeable(
  transaction: Transaction,
  caller: Caller,
  ref: string,
  action: 'update' | 'delete',
): Promise<SensorRow> {
  const row = await existing(transaction, ref);
  await requireGrant(transaction, caller, 'triggers', action, componentTarget(row));
  refuseShared(row);
  return row;
}

/** 422, CONFLICT, NOT_FOUND (pack, runtime, trigger), FORBIDDEN, in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateSensor): Promise<SensorRow> {
  refuseForbiddenNames({ param_schema: body.param_schema });
  if (await findSensor(transaction, body.ref)) throw new Refusal('CONFLICT', `Sensor '${body.ref}' already exists`);
  const pack = await existingPack(transaction, body.pack_ref);
  const runtime = await findRuntime(transaction, { ref: body.runtime_ref });
  if (!runtime) throw notFound(`Runtime '${body.runtime_ref}'`);
  await existingTrigger(transaction, body.trigger_ref);
  await requireGrant(transaction, caller, 'triggers', 'create', componentTarget(body));
  refuseShared(pack);
  return createSensor(transaction, body, { pack, runtime });
}
