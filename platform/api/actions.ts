import { Type } from '@sinclair/typebox';
import { Action, ActionHit, ActionSummary, CreateAction, UpdateAction } from '../../contract/actions';
import { Deleted, one, page, type Page } from '../../contract/envelopes';
import { leavesDirectory } from '../packs/entry-point';
import {
  actionOf,
  createAction,
  findActionRow,
  listActions,
  removeAction,
  searchActions,
  updateAction,
  type ActionRow,
  type RuntimeOfAction,
} from '../store/actions';
import type { Transaction } from '../store/database';
import { findRuntime } from '../store/runtimes';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { requireDelegable } from './delegation';
import { notFound } from './errors';
import { requireGrant, rightsOf } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { PageQuery, envelope, pageOf, type PageRequest } from './paging';
import { componentTarget } from './targets';

const PATH = '/api/v1/actions';
const tags = ['actions'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

const ListQuery = Type.Object({
  ...PageQuery.properties,
  executable_with_current_access: Type.Optional(Type.Boolean()),
});
const SearchQuery = Type.Object({
  ...PageQuery.properties,
  q: Type.Optional(Type.String()),
  packs: Type.Optional(Type.String({ description: 'refs of packs, separated by commas' })),
});

export function actionsRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  searchRoute(api, context);
  oneRoutes(api, context);
}

function listRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, response: { 200: page(ActionSummary) } };

  api.get(PATH, { config: { grant: null }, schema: { ...list, querystring: ListQuery } }, ({ caller, query }) =>
    db.inTenant(caller.tenant, async (transaction): Promise<Page<ActionSummary>> => {
      const wanted = pageOf(query, PAGES);
      if (query.executable_with_current_access) return executable(transaction, caller, wanted);
      const { rows, total } = await listActions(transaction, wanted);
      return envelope(wanted, rows, total);
    }),
  );

  api.get(
    '/api/v1/packs/:ref/actions',
    { config: { grant: null }, schema: { ...list, params, querystring: PageQuery } },
    ({ caller, params: { ref }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await existingPack(transaction, ref);
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await listActions(transaction, wanted, id);
        return envelope(wanted, rows, total);
      }),
  );
}

/** Those that the caller may execute, whatever it is that their grants name. */
async function executable(transaction: Transaction, caller: Caller, wanted: PageRequest): Promise<Page<ActionSummary>> {
  const rights = await rightsOf(transaction, caller);
  const { rows } = await listActions(transaction, { offset: 0, limit: Number.MAX_SAFE_INTEGER });
  const allowed = rows.filter((row) => rights.allows('actions', 'execute', componentTarget(row)));
  return envelope(wanted, allowed.slice(wanted.offset, wanted.offset + wanted.limit), allowed.length);
}

function searchRoute(api: Api, { db }: ApiContext): void {
  api.get(
    `${PATH}/search`,
    { config: { grant: null }, schema: { tags, querystring: SearchQuery, response: { 200: page(ActionHit) } } },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const packs = (query.packs ?? '').split(',').map((ref) => ref.trim());
        const named = packs.filter((ref) => ref !== '');
        for (const ref of named) await existingPack(transaction, ref);
        const words = (query.q ?? '').split(/\s+/).filter((word) => word !== '');
        const wanted = pageOf(query, PAGES);
        const { rows, total } = await searchActions(transaction, words, named, wanted);
        return envelope(wanted, rows, total);
      }),
  );
}

function oneRoutes(api: Api, { db }: ApiContext): void {
  const answer = { tags, params, response: { 200: one(Action) } };

  api.post(
    PATH,
    { config: { grant: 'actions:create' }, schema: { tags, body: CreateAction, response: { 201: one(Action) } } },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data: actionOf(row) });
    },
  );

  api.get(`${PATH}/:ref`, { config: { grant: null }, schema: answer }, ({ caller, params: { ref } }) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: actionOf(await existing(transaction, ref)) })),
  );

  api.put(
    `${PATH}/:ref`,
    { config: { grant: 'actions:update' }, schema: { ...answer, body: UpdateAction } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: actionOf(await update(transaction, caller, ref, body)),
      })),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'actions:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const row = await existing(transaction, ref);
        await requireGrant(transaction, caller, 'actions', 'delete', componentTarget(row));
        refuseShared(row);
        await removeAction(transaction, row);
        return { success: true as const, message: `Action '${ref}' deleted` };
      }),
  );
}

async function existing(transaction: Transaction, ref: string): Promise<ActionRow> {
  const row = await findActionRow(transaction, ref);
  if (!row) throw notFound(`Action '${ref}'`);
  return row;
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN, NOT_FOUND (runtime), FORBIDDEN (permission sets), in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateAction): Promise<ActionRow> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  if (await findActionRow(transaction, body.ref)) {
    throw new Refusal('CONFLICT', `Action '${body.ref}' already exists`);
  }
  const pack = await existingPack(transaction, body.pack_ref);
  await requireGrant(transaction, caller, 'actions', 'create', componentTarget(body));
  refuseShared(pack);
  const runtime = (await runtimeNamed(transaction, body)) ?? { runtime: null, runtime_ref: null };
  refuseLeaving(body.entrypoint, runtime);
  await requireDelegable(transaction, caller, body.default_execution_permission_set_refs);
  return createAction(transaction, body, pack, runtime);
}

async function update(transaction: Transaction, caller: Caller, ref: string, body: UpdateAction): Promise<ActionRow> {
  const row = await existing(transaction, ref);
  await requireGrant(transaction, caller, 'actions', 'update', componentTarget(row));
  refuseShared(row);
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  const runtime = await runtimeNamed(transaction, body);
  refuseLeaving(body.entrypoint ?? row.entrypoint, runtime ?? row);
  await requireDelegable(transaction, caller, body.default_execution_permission_set_refs);
  return updateAction(transaction, row.id, body, runtime);
}

/** The runtime that a body names by id or ref; undefined where it names none. Throws NOT_FOUND. */
async function runtimeNamed(
  transaction: Transaction,
  { runtime: id, runtime_ref: ref }: Pick<CreateAction, 'runtime' | 'runtime_ref'>,
): Promise<RuntimeOfAction | undefined> {
  if (id === undefined && ref === undefined) return undefined;
  const by = typeof id === 'number' ? { id } : typeof ref === 'string' ? { ref } : null;
  if (by === null) return { runtime: null, runtime_ref: null };
  const found = await findRuntime(transaction, by);
  if (!found) throw notFound(`Runtime '${'id' in by ? by.id : by.ref}'`);
  return { runtime: found.id, runtime_ref: found.ref };
}

/** Runtimes whose entrypoint names a file of the pack. Of the others it is a script. */
const FILE_RUNTIMES = ['core.python', 'core.nodejs'];

function refuseLeaving(entrypoint: string, { runtime_ref }: RuntimeOfAction): void {
  if (runtime_ref === null || !FILE_RUNTIMES.includes(runtime_ref) || !leavesDirectory(entrypoint)) return;
  const message = `entrypoint must be a file of the pack: ${JSON.stringify(entrypoint)} leaves it`;
  throw new Refusal('VALIDATION_ERROR', message, { path: 'entrypoint' });
}
