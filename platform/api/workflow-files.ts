import { Type } from '@sinclair/typebox';
import { one } from '../../contract/envelopes';
import { Workflow, WorkflowFileBody } from '../../contract/workflows';
import { oneAtATime } from '../packs/one-at-a-time';
import { PackMoved } from '../packs/pack-storage';
import { writeWorkflow } from '../packs/write-workflow';
import { findActionRow } from '../store/actions';
import type { Transaction } from '../store/database';
import { findPack, type PackRow } from '../store/packs';
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

  const inTurn = oneAtATime();

  /**
   * The files are there when this answers, and the workflow is what they say. `packToWrite` is asked again after each
   * registration of the pack that came in between: those of this process wait for each other, others are found out.
   */
  const write = async (caller: Caller, packRef: string, body: WorkflowFileBody, packToWrite: PackToWrite) => {
    const ref = `${packRef}.${body.name}`;
    const attempt = async () => {
      const pack = await db.inTenant(caller.tenant, packToWrite);
      const { definition, warnings } = checkedDefinition(body.definition, { ref, ...body });
      await writeWorkflow(db, { pack, body, definition, packsDirectory });
      return warnings;
    };
    const warnings = await inTurn(`${caller.tenant}:${packRef}`, () => untilUnmoved(attempt));
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
      const packToWrite: PackToWrite = (transaction) => forNew(transaction, caller, ref, body);
      return reply.code(201).send(await write(caller, ref, body, packToWrite));
    },
  );

  api.put(
    '/api/v1/workflows/:ref/file',
    {
      config: { grant: 'actions:update' },
      schema: { tags, params, body: WorkflowFileBody, response: { 200: one(Workflow) } },
    },
    ({ caller, params: { ref }, body }) =>
      write(caller, body.pack_ref, body, (transaction) => forExisting(transaction, caller, ref, body)),
  );
}

/** The pack as it is now, once all that was asked of the writer holds. */
type PackToWrite = (transaction: Transaction) => Promise<PackRow>;

/** Each of them means that somebody else's registration took its place. */
const MOST_TRIES = 20;

async function untilUnmoved<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PackMoved)) throw error;
      if (tries === MOST_TRIES) throw new Refusal('CONFLICT', `${error.message}: others register it without a pause`);
    }
  }
}

/** 422, CONFLICT, NOT_FOUND (pack), FORBIDDEN, in this order. The pack is read first: what is registered later is noticed. */
async function forNew(
  transaction: Transaction,
  caller: Caller,
  packRef: string,
  body: WorkflowFileBody,
): Promise<PackRow> {
  refuseForbiddenNames({ param_schema: body.param_schema, out_schema: body.out_schema });
  refuseOther(body.pack_ref, packRef, 'pack_ref');
  const ref = `${packRef}.${body.name}`;
  const pack = await findPack(transaction, packRef);
  if (await findWorkflow(transaction, ref)) throw new Refusal('CONFLICT', `Workflow '${ref}' already exists`);
  if (await findActionRow(transaction, ref)) throw new Refusal('CONFLICT', `Action '${ref}' already exists`);
  if (!pack) throw notFound(`Pack '${packRef}'`);
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
