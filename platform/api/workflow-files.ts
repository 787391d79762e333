import { Type } from '@sinclair/typebox';
import { one } from '../../contract/envelopes';
import { Workflow, WorkflowFileBody } from '../../contract/workflows';
import { writeWorkflow } from '../packs/write-workflow';
import { findActionRow } from '../store/actions';
import type { Transaction } from '../store/database';
import type { PackRow } from '../store/packs';
import { belongsToFiles, findWorkflow, workflowOf } from '../store/workflows';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { refuseForbiddenNames } from './declared-names';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { componentTarget } from './targets';
import { checkedDefinition } from './workflows';

const tags = ['workflows'];
const params = Type.Object({ ref: Type.String() });

/** Workflows that are written into their pack as files. */
export function workflowFilesRoutes(api: Api, context: ApiContext): void {
  const { db, packsDirectory } = context;

  /** The files are there when this answers, and the workflow is what they say. */
  const write = async (caller: Caller, pack: PackRow, body: WorkflowFileBody) => {
    const ref = `${pack.ref}.${body.name}`;
    const { definition, warnings } = checkedDefinition(body.definition, { ref, ...body });
    await writeWorkflow(db, { pack, body, definition, packsDirectory });
    const row = await db.inTenant(caller.tenant, (transaction) => findWorkflow(transaction, ref));
    if (!row) throw new Refusal('BAD_REQUEST', `The files of '${ref}' make no workflow`);
    return { data: workflowOf(row), ...(warnings.length > 0 && { message: warnings.join('; ') }) };
  };

  api.post(
    '/api/v1/packs/:ref/workflow-files',
    {
      config: { grant: 'actions:create' },
      schema: { tags, params, body: WorkflowFileBody, response: { 201: one(Workflow) } },
    },
    async ({ caller, params: { ref }, body }, reply) => {
      const pack = await db.inTenant(caller.tenant, (transaction) => forNew(transaction, caller, ref, body));
      return reply.code(201).send(await write(caller, pack, body));
    },
  );

  api.put(
    '/api/v1/workflows/:ref/file',
    {
      config: { grant: 'actions:update' },
      schema: { tags, params, body: WorkflowFileBody, response: { 200: one(Workflow) } },
    },
    async ({ caller, params: { ref }, body }) => {
      const pack = await db.inTenant(caller.tenant, (transaction) => forExisting(transaction, caller, ref, body));
      return write(caller, pack, body);
    },
  );
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN, in this order. */
async function forNew(
  transaction: Transaction,
  caller: Caller,
  packRef: string,
  body: WorkflowFileBody,
): Promise<PackRow> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  refuseOther(body.pack_ref, packRef, 'pack_ref');
  const ref = `${packRef}.${body.name}`;
  if (await findWorkflow(transaction, ref)) throw new Refusal('CONFLICT', `Workflow '${ref}' already exists`);
  if (await findActionRow(transaction, ref)) throw new Refusal('CONFLICT', `Action '${ref}' already exists`);
  const pack = await existingPack(transaction, packRef);
  await requireGrant(transaction, caller, 'actions', 'create', componentTarget({ ref, pack_ref: pack.ref }));
  refuseShared(pack);
  return pack;
}

/** NOT_FOUND, then FORBIDDEN. What was made through the API is the files' from now on. */
async function forExisting(
  transaction: Transaction,
  caller: Caller,
  ref: string,
  body: WorkflowFileBody,
): Promise<PackRow> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  const row = await findWorkflow(transaction, ref);
  if (!row) throw notFound(`Workflow '${ref}'`);
  await requireGrant(transaction, caller, 'actions', 'update', componentTarget(row));
  refuseShared(row);
  refuseOther(body.pack_ref, row.pack_ref, 'pack_ref');
  refuseOther(`${body.pack_ref}.${body.name}`, ref, 'name');
  const pack = await existingPack(transaction, row.pack_ref);
  await belongsToFiles(transaction, row.id);
  return pack;
}

function refuseOther(given: string, wanted: string, path: string): void {
  if (given === wanted) return;
  throw new Refusal('BAD_REQUEST', `${path} says ${given}, the path says ${wanted}`, { path });
}
