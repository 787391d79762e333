import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { commaList, type JsonObject } from '../../../contract/json';
import { CreateWorkflow, UpdateWorkflow, Workflow, WorkflowSummary } from '../../../contract/workflows';
import { authorOf } from '../../auth/author';
import type { Caller } from '../../auth/caller';
import { requireDelegable, requireStillDelegable } from '../../auth/delegation';
import { callerRights } from '../../auth/grants';
import { isTextHidden, loadPack } from '../../auth/pack-access';
import type { Rights } from '../../auth/rights';
import { requireNameable } from '../../auth/nameable-actions';
import type { WorkflowDefinition } from '../../core/workflow/definition';
import { DefinitionError } from '../../core/workflow/load/definition-error';
import { loadDefinition } from '../../core/workflow/load/load-definition';
import { loadStored } from '../../core/workflow/load/load-stored';
import { namedActions } from '../../core/workflow/named-actions';
import { namedPermissionSets } from '../../core/workflow/permission-sets';
import { DomainError, notFound } from '../../base/domain-error';
import { compileSaved } from '../../packs/revisions/compile-revision';
import type { Transaction } from '../../store/database/connection';
import { findActionRow } from '../../store/packs/actions';
import type { PackRow } from '../../store/packs/packs';
import {
  createWorkflow,
  findWorkflow,
  listWorkflows,
  removeWorkflow,
  updateWorkflow,
  type WorkflowRow,
} from '../../store/packs/workflows';
import { inParent, onNewComponent, onOwnComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireUsableSchemas } from './usable-schemas';
import { shownWorkflow, withStoredSecrets } from './shown-definitions';

const PATH = '/api/v1/workflows';
const ITEM_PATH = `${PATH}/:ref`;
const tags = ['workflows'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Workflow) } };

const ListFilter = Type.Object({
  tags: commaList('with any of these tags'),
  search: Type.Optional(Type.String()),
  pack_ref: Type.Optional(Type.String()),
});

export function workflowsRoutes(api: Api): void {
  listRoutes(api);
  readRoutes(api);
  changeRoutes(api);
}

function listRoutes(api: Api): void {
  const list = { tags, grant: null, item: WorkflowSummary, pages: DEFAULT_PAGES };

  listRoute(api, {
    ...list,
    path: PATH,
    filter: ListFilter,
    list: ({ transaction, query, page }) => {
      const workflowTags = query.tags?.split(',').map((tag) => tag.trim());
      const filter = { packRef: query.pack_ref, search: query.search, tags: workflowTags };
      return listWorkflows(transaction, filter, page);
    },
  });

  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/workflows',
    list: ({ transaction, loaded, page }) => listWorkflows(transaction, { pack: loaded.id }, page),
  });
}

function readRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: ITEM_PATH,
    grant: null,
    schema: item,
    ...onReadableWorkflow,
    handle: async ({ transaction, loaded }) => ({ data: await shownWorkflow(transaction, loaded) }),
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    ...onNewComponent('actions:create', loadPackOfNew),
    method: 'POST',
    path: PATH,
    schema: { tags, body: CreateWorkflow, response: { 201: dataEnvelope(Workflow) } },
    handle: async ({ transaction, caller, body, loaded }) => {
      const { definition, warnings, loaded: workflow } = validateDefinition(body.definition, body);
      await requireSaveable(transaction, caller, loaded.ref, workflow);
      const author = await authorOf(transaction, caller);
      const row = await createWorkflow(transaction, { ...body, definition, author }, loaded);
      await compileSaved(transaction, { workflow: row.id });
      return presentWorkflow(transaction, row, warnings);
    },
  });

  route(api, {
    ...onOwnComponent(loadWorkflow),
    method: 'PUT',
    path: ITEM_PATH,
    grant: 'actions:update',
    schema: { ...item, body: UpdateWorkflow },
    handle: ({ transaction, caller, body, loaded }) => changeWorkflow(transaction, caller, loaded, body),
  });

  deleteRoute(api, {
    ...onOwnComponent(loadWorkflow),
    path: ITEM_PATH,
    grant: 'actions:delete',
    tags,
    params: refParams,
    remove: ({ transaction, loaded }) => removeWorkflow(transaction, loaded.id),
    name: ({ params }) => `Workflow '${params.ref}'`,
  });
}

/** Findings do not reject a definition: they are returned as the message. */
export const presentWorkflow = async (transaction: Transaction, row: WorkflowRow, warnings: readonly string[]) => ({
  data: await shownWorkflow(transaction, row),
  ...(warnings.length > 0 && { message: warnings.join('; ') }),
});

/** VALIDATION_ERROR (schemas), CONFLICT, NOT_FOUND (pack), in this order. */
async function loadPackOfNew(transaction: Transaction, body: CreateWorkflow): Promise<PackRow> {
  requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema });
  await rejectTakenRef(transaction, body.ref);
  return loadPack(transaction, body.pack_ref);
}

/** CONFLICT for the ref of a workflow or of an action. */
export async function rejectTakenRef(transaction: Transaction, ref: string): Promise<void> {
  if (await findWorkflow(transaction, ref)) throw new DomainError('CONFLICT', `Workflow '${ref}' already exists`);
  if (await findActionRow(transaction, ref)) throw new DomainError('CONFLICT', `Action '${ref}' already exists`);
}

/**
 * VALIDATION_ERROR (schemas), BAD_REQUEST (definition), FORBIDDEN (permission sets and
 * actions), in this order. The caller that changes a part saves the whole.
 */
async function changeWorkflow(transaction: Transaction, caller: Caller, row: WorkflowRow, given: UpdateWorkflow) {
  requireUsableSchemas({ param_schema: given.param_schema, out_schema: given.out_schema });
  const body = await withStoredSecrets(transaction, given, row);
  const author = await authorOf(transaction, caller);
  if (body.definition === undefined) {
    const stored = loadStored(row.definition, row.ref);
    if (stored !== null) {
      await requireStillDelegable(transaction, caller, namedPermissionSets(stored));
      await requireNameable(transaction, await callerRights(transaction, caller), row.pack_ref, namedActions(stored));
    }
    return presentWorkflow(transaction, await saveChange(transaction, row.id, { ...body, author }), []);
  }
  const identity = { ref: row.ref, version: body.version ?? row.version, label: body.label ?? row.label };
  const { definition, warnings, loaded } = validateDefinition(body.definition, identity);
  await requireSaveable(transaction, caller, row.pack_ref, loaded);
  const changed = await saveChange(transaction, row.id, { ...body, definition, author });
  return presentWorkflow(transaction, changed, warnings);
}

async function saveChange(...change: Parameters<typeof updateWorkflow>): Promise<WorkflowRow> {
  const [transaction, workflow] = change;
  const row = await updateWorkflow(...change);
  await compileSaved(transaction, { workflow });
  return row;
}

interface WorkflowCall {
  readonly transaction: Transaction;
  readonly rights: () => Promise<Rights>;
  readonly params: { readonly ref: string };
}

/**
 * Requirements of a route that shows what a workflow is: NOT_FOUND, also for one of a pack whose
 * texts the caller may not read.
 */
export const onReadableWorkflow = {
  load: async ({ transaction, rights, params: { ref } }: WorkflowCall): Promise<WorkflowRow> => {
    const row = await loadWorkflow(transaction, ref);
    if (await isTextHidden(transaction, await rights(), row.pack_ref)) throw workflowNotFound(ref);
    return row;
  },
} as const;

const workflowNotFound = (ref: string) => notFound(`Workflow '${ref}'`);

/** Throws NOT_FOUND. */
export async function loadWorkflow(transaction: Transaction, ref: string): Promise<WorkflowRow> {
  const row = await findWorkflow(transaction, ref);
  if (!row) throw workflowNotFound(ref);
  return row;
}

interface WorkflowIdentity {
  readonly ref: string;
  readonly version: string;
  readonly label: string;
}

/** FORBIDDEN, NOT_FOUND: the caller may not name the permission sets and actions of the tasks. */
export async function requireSaveable(
  transaction: Transaction,
  caller: Caller,
  packRef: string,
  workflow: WorkflowDefinition,
): Promise<void> {
  await requireDelegable(transaction, caller, namedPermissionSets(workflow));
  await requireNameable(transaction, await callerRights(transaction, caller), packRef, namedActions(workflow));
}

/**
 * The definition, completed with what it leaves out, its warnings, and as the engine loads it.
 * BAD_REQUEST for one that cannot be loaded, VALIDATION_ERROR for a schema beyond its limits.
 */
export function validateDefinition(input: JsonObject, { ref, version, label }: WorkflowIdentity) {
  const definition: JsonObject = { ...input };
  for (const [key, value] of Object.entries({ ref, version, label })) {
    if (definition[key] === undefined || definition[key] === null || definition[key] === '') definition[key] = value;
  }
  try {
    const loaded = loadDefinition(definition, { ref, version, label });
    return { definition, warnings: loaded.warnings, loaded: loaded.definition };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const { reason, path, message, supported } = error;
    const details = { reason, path: `definition${path}`, ...(supported !== null && { supported: [...supported] }) };
    throw new DomainError(reason === 'SCHEMA_LIMIT' ? 'VALIDATION_ERROR' : 'BAD_REQUEST', message, details);
  }
}
