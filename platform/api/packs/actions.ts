import { Type } from '@sinclair/typebox';
import {
  Action,
  ActionQueueStats,
  ActionSearchResult,
  ActionSummary,
  CreateAction,
  POLICY_OF_WORKFLOW,
  UpdateAction,
} from '../../../contract/actions';
import { dataEnvelope } from '../../../contract/envelopes';
import { commaList } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import { WordsFilter } from '../../../contract/words';
import { componentTarget } from '../../auth/authorization-targets';
import { authorOf } from '../../auth/author';
import type { Caller } from '../../auth/caller';
import { requireDelegable, requireStillDelegable } from '../../auth/delegation';
import { isTextHidden, loadPack, packsWithHiddenTexts } from '../../auth/pack-access';
import type { Rights } from '../../auth/rights';
import { DomainError, notFound, requireFound } from '../../base/domain-error';
import { leavesDirectory } from '../../packs/read/entry-point';
import type { Transaction } from '../../store/database/connection';
import type { CountedRows } from '../../store/database/list-rows';
import {
  createAction,
  findActionRow,
  listActions,
  removeAction,
  searchActions,
  toAction,
  updateAction,
  type ActionRow,
  type ActionRuntimeColumns,
} from '../../store/packs/actions';
import type { PackRow } from '../../store/packs/packs';
import { findRuntime } from '../../store/packs/runtimes';
import { inParent, onNewComponent, onOwnComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute, pageRows } from '../http/list-route';
import { DEFAULT_PAGES, type PageRequest } from '../http/paging';
import { route } from '../http/route';
import { withStoredSchemas } from '../http/stored-schemas';
import { requireUsableSchemas } from './usable-schemas';
import { requireUsablePlacement } from './usable-placement';

const PATH = '/api/v1/actions';
const ITEM_PATH = `${PATH}/:ref`;
const tags = ['actions'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Action) } };

export function actionsRoutes(api: Api): void {
  listRoutes(api);
  searchRoute(api);
  readRoutes(api);
  changeRoutes(api);
}

function listRoutes(api: Api): void {
  const list = { tags, grant: null, filter: WordsFilter, item: ActionSummary, pages: DEFAULT_PAGES };

  listRoute(api, {
    ...list,
    path: PATH,
    filter: Type.Object({
      ...WordsFilter.properties,
      executable_with_current_access: Type.Optional(Type.Boolean()),
    }),
    list: async ({ transaction, rights, query: { q, executable_with_current_access: isExecutable }, page }) =>
      isExecutable
        ? listExecutableActions(transaction, await rights(), q, page)
        : withReadableTexts(transaction, await rights(), await listActions(transaction, { q }, page)),
  });

  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/actions',
    list: async ({ transaction, rights, loaded, query, page }) => {
      const listed = await listActions(transaction, { pack: loaded.id, q: query.q }, page);
      return withReadableTexts(transaction, await rights(), listed);
    },
  });
}

async function listExecutableActions(
  transaction: Transaction,
  rights: Rights,
  q: string | undefined,
  page: PageRequest,
) {
  const { rows } = await listActions(transaction, { q }, { offset: 0, limit: Number.MAX_SAFE_INTEGER });
  const executable = rows.filter((row) => rights.allows('actions', 'execute', componentTarget(row)));
  const listed = { rows: pageRows(executable, page), total: executable.length };
  return withReadableTexts(transaction, rights, listed);
}

const NO_TEXT = { entrypoint: '' };

/** The program of an action may be its entry point. */
async function withReadableTexts(transaction: Transaction, rights: Rights, listed: CountedRows<ActionSummary>) {
  const hidden = await packsWithHiddenTexts(transaction, rights);
  return { ...listed, rows: listed.rows.map((row) => (hidden.has(row.pack_ref) ? { ...row, ...NO_TEXT } : row)) };
}

const SearchQuery = Type.Object({
  q: Type.Optional(Type.String()),
  packs: commaList('refs of packs'),
});

function searchRoute(api: Api): void {
  listRoute(api, {
    path: `${PATH}/search`,
    tags,
    grant: null,
    filter: SearchQuery,
    item: ActionSearchResult,
    pages: DEFAULT_PAGES,
    list: async ({ transaction, query: { q, packs = '' }, page }) => {
      const packRefs = packs
        .split(',')
        .map((ref) => ref.trim())
        .filter((ref) => ref !== '');
      for (const ref of packRefs) await loadPack(transaction, ref);
      return searchActions(transaction, q, packRefs, page);
    },
  });
}

function readRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: ITEM_PATH,
    grant: null,
    schema: item,
    load: ({ transaction, params }) => loadAction(transaction, params.ref),
    handle: async ({ transaction, rights, loaded }) => {
      const isHidden = await isTextHidden(transaction, await rights(), loaded.pack_ref);
      return { data: { ...toAction(loaded), ...(isHidden && NO_TEXT) } };
    },
  });

  route(api, {
    method: 'GET',
    path: `${ITEM_PATH}/queue-stats`,
    grant: null,
    schema: { tags, params: refParams, response: { 200: dataEnvelope(ActionQueueStats) } },
    load: ({ transaction, params }) => loadAction(transaction, params.ref),
    handle: ({ params }) => {
      // An action has no concurrency policy here: work queues limit what they dispatch.
      throw notFound(`Queue of the action '${params.ref}'`);
    },
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    ...onNewComponent('actions:create', loadPackOfNew),
    method: 'POST',
    path: PATH,
    schema: { tags, body: CreateAction, response: { 201: dataEnvelope(Action) } },
    validate: ({ body }) => requireUsablePlacement(body),
    handle: async ({ transaction, caller, body, loaded }) => ({
      data: toAction(await createActionForCaller(transaction, caller, body, loaded)),
    }),
  });

  route(api, {
    ...onOwnComponent(loadAction),
    method: 'PUT',
    path: ITEM_PATH,
    grant: 'actions:update',
    schema: { ...item, body: UpdateAction },
    validate: ({ body }) => requireUsablePlacement(body),
    handle: async ({ transaction, caller, body, loaded }) => ({
      data: toAction(await updateActionForCaller(transaction, caller, body, loaded)),
    }),
  });

  deleteRoute(api, {
    ...onOwnComponent(loadAction),
    path: ITEM_PATH,
    grant: 'actions:delete',
    tags,
    params: refParams,
    remove: ({ transaction, loaded }) => removeAction(transaction, loaded),
    name: ({ params }) => `Action '${params.ref}'`,
  });
}

/** Throws NOT_FOUND. */
export const loadAction = async (transaction: Transaction, ref: string): Promise<ActionRow> =>
  requireFound(await findActionRow(transaction, ref), `Action '${ref}'`);

/** VALIDATION_ERROR (schemas), CONFLICT, NOT_FOUND (pack), in this order. */
async function loadPackOfNew(transaction: Transaction, body: CreateAction): Promise<PackRow> {
  requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema });
  if (await findActionRow(transaction, body.ref)) {
    throw new DomainError('CONFLICT', `Action '${body.ref}' already exists`);
  }
  return loadPack(transaction, body.pack_ref);
}

/**
 * NOT_FOUND (runtime), VALIDATION_ERROR (entrypoint), FORBIDDEN (permission sets), in this order.
 */
async function createActionForCaller(
  transaction: Transaction,
  caller: Caller,
  body: CreateAction,
  pack: PackRow,
): Promise<ActionRow> {
  const runtime = (await resolveRuntime(transaction, body)) ?? { runtime: null, runtime_ref: null };
  requireFileInPack(body.entrypoint, runtime);
  await requireDelegable(transaction, caller, body.default_execution_permission_set_refs);
  return createAction(transaction, body, pack, runtime, await authorOf(transaction, caller));
}

/** The same, after VALIDATION_ERROR for its schemas. */
async function updateActionForCaller(
  transaction: Transaction,
  caller: Caller,
  given: UpdateAction,
  row: ActionRow,
): Promise<ActionRow> {
  requireUsableSchemas({ param_schema: given.param_schema, out_schema: given.out_schema });
  const { param_schema, out_schema, env_schema } = row;
  const body = withStoredSchemas(given, { param_schema, out_schema, env_schema });
  requireProgram(body, row);
  const runtime = await resolveRuntime(transaction, body);
  requireFileInPack(body.entrypoint ?? row.entrypoint, runtime ?? row);
  await requireDelegable(transaction, caller, body.default_execution_permission_set_refs);
  if (body.default_execution_permission_set_refs === undefined)
    await requireStillDelegable(transaction, caller, row.default_execution_permission_set_refs);
  const author = changesProgram(body) ? await authorOf(transaction, caller) : null;
  return updateAction(transaction, row.id, body, runtime, author);
}

/** Fields that change nothing about what runs. */
const DESCRIPTIVE: readonly string[] = ['label', 'description'];

/** Who changes what runs becomes its author; who changes only its description does not. */
const changesProgram = (body: UpdateAction): boolean =>
  Object.entries(body).some(([field, value]) => value !== undefined && !DESCRIPTIVE.includes(field));

/** The runtime that a body names by id or ref; undefined where it names none. Throws NOT_FOUND. */
async function resolveRuntime(
  transaction: Transaction,
  { runtime: id, runtime_ref: ref }: Pick<CreateAction, 'runtime' | 'runtime_ref'>,
): Promise<ActionRuntimeColumns | undefined> {
  if (id === undefined && ref === undefined) return undefined;
  const selector = typeof id === 'number' ? { id } : typeof ref === 'string' ? { ref } : null;
  if (selector === null) return { runtime: null, runtime_ref: null };
  const found = await findRuntime(transaction, selector);
  if (!found) throw notFound(`Runtime '${'id' in selector ? selector.id : selector.ref}'`);
  return { runtime: found.id, runtime_ref: found.ref };
}

/** VALIDATION_ERROR for a policy about a lost program, where the action is a workflow. */
function requireProgram({ on_worker_loss }: UpdateAction, { workflow_def }: ActionRow): void {
  if (on_worker_loss !== 'abandon' || workflow_def === null) return;
  throw new DomainError('VALIDATION_ERROR', POLICY_OF_WORKFLOW, { path: 'on_worker_loss' });
}

/** Runtimes whose entrypoint names a file of the pack; for the others it is a script. */
const FILE_RUNTIMES = ['core.python', 'core.nodejs'];

function requireFileInPack(entrypoint: string, { runtime_ref }: ActionRuntimeColumns): void {
  if (runtime_ref === null || !FILE_RUNTIMES.includes(runtime_ref) || !leavesDirectory(entrypoint)) return;
  const message = `entrypoint must be a file of the pack: ${writeJson(entrypoint)} leaves it`;
  throw new DomainError('VALIDATION_ERROR', message, { path: 'entrypoint' });
}
