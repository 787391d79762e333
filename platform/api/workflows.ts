import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import type { JsonObject } from '../../contract/json';
import { CreateWorkflow, UpdateWorkflow, Workflow, WorkflowSummary } from '../../contract/workflows';
import { DefinitionError } from '../core/workflow/definition-error';
import { loadDefinition } from '../core/workflow/load';
import { findActionRow } from '../store/actions';
import type { Transaction } from '../store/database';
import {
  createWorkflow,
  findWorkflow,
  listWorkflows,
  removeWorkflow,
  updateWorkflow,
  workflowOf,
  type WorkflowFilter,
  type WorkflowRow,
} from '../store/workflows';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { PageQuery, envelope, pageOf } from './paging';
import { componentTarget } from './targets';

const PATH = '/api/v1/workflows';
const tags = ['workflows'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

const ListQuery = Type.Object({
  ...PageQuery.properties,
  tags: Type.Optional(Type.String({ description: 'separated by commas; any of them' })),
  search: Type.Optional(Type.String()),
  pack_ref: Type.Optional(Type.String()),
});

export function workflowsRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  readRoutes(api, context);
  writeRoutes(api, context);
}

function listRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, response: { 200: page(WorkflowSummary) } };
  const answer = async (transaction: Transaction, filter: WorkflowFilter, query: PageQuery) => {
    const wanted = pageOf(query, PAGES);
    const { rows, total } = await listWorkflows(transaction, filter, wanted);
    return envelope(wanted, rows, total);
  };

  api.get(PATH, { config: { grant: null }, schema: { ...list, querystring: ListQuery } }, ({ caller, query }) =>
    db.inTenant(caller.tenant, (transaction) => {
      const named = query.tags?.split(',').map((tag) => tag.trim());
      return answer(transaction, { packRef: query.pack_ref, search: query.search, tags: named }, query);
    }),
  );

  api.get(
    '/api/v1/packs/:ref/workflows',
    { config: { grant: null }, schema: { ...list, params, querystring: PageQuery } },
    ({ caller, params: { ref }, query }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const { id } = await existingPack(transaction, ref);
        return answer(transaction, { pack: id }, query);
      }),
  );
}

function readRoutes(api: Api, { db }: ApiContext): void {
  api.get(
    `${PATH}/:ref`,
    { config: { grant: null }, schema: { tags, params, response: { 200: one(Workflow) } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => ({ data: workflowOf(await existing(transaction, ref)) })),
  );
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  api.post(
    PATH,
    { config: { grant: 'actions:create' }, schema: { tags, body: CreateWorkflow, response: { 201: one(Workflow) } } },
    async ({ caller, body }, reply) => {
      const { row, warnings } = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send(answerOf(row, warnings));
    },
  );

  api.put(
    `${PATH}/:ref`,
    {
      config: { grant: 'actions:update' },
      schema: { tags, params, body: UpdateWorkflow, response: { 200: one(Workflow) } },
    },
    async ({ caller, params: { ref }, body }) => {
      const { row, warnings } = await db.inTenant(caller.tenant, (transaction) =>
        update(transaction, caller, ref, body),
      );
      return answerOf(row, warnings);
    },
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'actions:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const row = await existing(transaction, ref);
        await requireGrant(transaction, caller, 'actions', 'delete', componentTarget(row));
        refuseShared(row);
        await removeWorkflow(transaction, row.id);
        return { success: true as const, message: `Workflow '${ref}' deleted` };
      }),
  );
}

/** Findings do not refuse a definition; they travel as the message. */
const answerOf = (row: WorkflowRow, warnings: readonly string[]) => ({
  data: workflowOf(row),
  ...(warnings.length > 0 ? { message: warnings.join('; ') } : {}),
});

interface Stored {
  readonly row: WorkflowRow;
  readonly warnings: readonly string[];
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN (the grant of its action; shared), BAD_REQUEST (definition), in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateWorkflow): Promise<Stored> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  const { ref } = body;
  if (await findWorkflow(transaction, ref)) throw new Refusal('CONFLICT', `Workflow '${ref}' already exists`);
  if (await findActionRow(transaction, ref)) throw new Refusal('CONFLICT', `Action '${ref}' already exists`);
  const pack = await existingPack(transaction, body.pack_ref);
  await requireGrant(transaction, caller, 'actions', 'create', componentTarget(body));
  refuseShared(pack);
  const { definition, warnings } = checkedDefinition(body.definition, body);
  return { row: await createWorkflow(transaction, { ...body, definition }, pack), warnings };
}

async function update(transaction: Transaction, caller: Caller, ref: string, body: UpdateWorkflow): Promise<Stored> {
  const row = await existing(transaction, ref);
  await requireGrant(transaction, caller, 'actions', 'update', componentTarget(row));
  refuseShared(row);
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  if (body.definition === undefined) return { row: await updateWorkflow(transaction, row.id, body), warnings: [] };
  const identity = { ref, version: body.version ?? row.version, label: body.label ?? row.label };
  const { definition, warnings } = checkedDefinition(body.definition, identity);
  return { row: await updateWorkflow(transaction, row.id, { ...body, definition }), warnings };
}

async function existing(transaction: Transaction, ref: string): Promise<WorkflowRow> {
  const row = await findWorkflow(transaction, ref);
  if (!row) throw notFound(`Workflow '${ref}'`);
  return row;
}

interface Identity {
  readonly ref: string;
  readonly version: string;
  readonly label: string;
}

/** The definition with what it left out filled in, and its findings. Throws BAD_REQUEST when it cannot be loaded. */
export function checkedDefinition(given: JsonObject, { ref, version, label }: Identity) {
  const definition: JsonObject = { ...given };
  for (const [key, value] of Object.entries({ ref, version, label })) {
    if (definition[key] === undefined || definition[key] === null || definition[key] === '') definition[key] = value;
  }
  try {
    return { definition, warnings: loadDefinition(definition, { ref, version, label }).warnings };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    const details = { reason: 'DEFINITION_INVALID', path: `definition${error.path}` };
    throw new Refusal('BAD_REQUEST', error.message, details);
  }
}
