import { dataEnvelope } from '../../../contract/envelopes';
import { Workflow, WorkflowFileBody } from '../../../contract/workflows';
import { componentTarget } from '../../auth/authorization-targets';
import { loadPack, packNotFound, rejectShared } from '../../auth/pack-access';
import { requireWritablePack } from '../../auth/pack-write';
import type { Caller } from '../../auth/caller';
import { DomainError } from '../../base/domain-error';
import { retryWithBackoff } from '../../base/async/retry-with-backoff';
import { createKeyedMutex } from '../../base/async/keyed-mutex';
import { PackFilesChanged } from '../../packs/storage/pack-storage';
import { writeWorkflow } from '../../packs/storage/write-workflow';
import type { Transaction } from '../../store/database/connection';
import { findPack, type PackRow } from '../../store/packs/packs';
import { findWorkflow, markWorkflowFromFile, type WorkflowRow } from '../../store/packs/workflows';
import { disconnectSignal } from './disconnect-signal';
import { onComponent, refParams, requireOwnComponent } from '../http/component-requirements';
import type { Api, ApiContext } from '../http/context';
import { routeAfterCommit } from '../http/route';
import type { PackApproval } from '../../packs/save/approval';
import { writtenFilesSaver } from './approve-pack';
import { requireUsableSchemas } from './usable-schemas';
import { withStoredSecrets } from './shown-definitions';
import { loadWorkflow, presentWorkflow, rejectTakenRef, requireSaveable, validateDefinition } from './workflows';

const schema = { tags: ['workflows'], params: refParams, body: WorkflowFileBody };

/** Workflows that are written into their pack as files. */
export function workflowFilesRoutes(api: Api, context: ApiContext): void {
  const write = createWriter(context);

  routeAfterCommit(api, {
    method: 'POST',
    path: '/api/v1/packs/:ref/workflow-files',
    grant: 'actions:create',
    schema: { ...schema, response: { 201: dataEnvelope(Workflow) } },
    load: ({ transaction, params, body }) => loadPackOfNew(transaction, params.ref, body),
    target: ({ params, body }) => componentTarget({ ref: `${params.ref}.${body.name}`, pack_ref: params.ref }),
    check: async ({ rights, loaded }) => requireWritablePack(await rights(), loaded),
    respond: ({ caller, params, body, reply }) =>
      write({ caller, body, signal: disconnectSignal(reply) }, async (transaction) => ({
        pack: await loadPackOfNew(transaction, params.ref, body),
        body,
      })),
  });

  routeAfterCommit(api, {
    ...onComponent(loadWorkflow),
    method: 'PUT',
    path: '/api/v1/workflows/:ref/file',
    grant: 'actions:update',
    schema: { ...schema, response: { 200: dataEnvelope(Workflow) } },
    validate: ({ body }) => requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema }),
    check: async ({ transaction, rights, body, loaded }) => {
      await requireOwnComponent(transaction, rights, loaded);
      requireSameName(loaded, body);
    },
    respond: ({ caller, params, body, reply }) =>
      write({ caller, body, signal: disconnectSignal(reply) }, (transaction) =>
        loadPackOfExisting(transaction, params.ref, body),
      ),
  });
}

interface WrittenWorkflow {
  /** As it is now. */
  readonly pack: PackRow;
  /** With the stored secrets in the place of markers. */
  readonly body: WorkflowFileBody;
}

interface WriteRequest {
  readonly caller: Caller;
  readonly body: WorkflowFileBody;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
}

/** Throws where the workflow may not be written any more. */
type LoadWritten = (transaction: Transaction) => Promise<WrittenWorkflow>;

/**
 * Writes the files and registers the workflow. The pack is loaded again after each registration
 * of the pack that came in between: those of this process wait for each other, those of others
 * are detected.
 */
function createWriter({ db, packsDirectory, program, tenantQuota }: ApiContext) {
  const serialize = createKeyedMutex();
  return async ({ caller, body: given, signal }: WriteRequest, loadWritten: LoadWritten) => {
    const { tenant } = caller;
    const { pack_ref: packRef, name } = given;
    const ref = `${packRef}.${name}`;
    const attempt = async () => {
      const { pack, body } = await db.inTenant(tenant, loadWritten);
      const { definition, warnings, loaded } = validateDefinition(body.definition, { ...body, ref });
      const approve: PackApproval = async (transaction, _files, _installed, storedBytes) => {
        await requireSaveable(transaction, caller, pack.ref, loaded);
        await tenantQuota.addBytes(transaction, tenant, storedBytes);
        return writtenFilesSaver(transaction, caller, ref);
      };
      await writeWorkflow(db, { pack, body, definition, packsDirectory, approve, reading: { program, signal } });
      return warnings;
    };
    const warnings = await serialize(`${tenant}:${packRef}`, () => retryWhilePackChanges(attempt));
    return db.inTenant(tenant, async (transaction) => {
      const row = await findWorkflow(transaction, ref);
      if (!row) throw new DomainError('BAD_REQUEST', `The files of '${ref}' make no workflow`);
      return presentWorkflow(transaction, row, warnings);
    });
  };
}

/** An attempt fails when another registration replaced the pack's files in the meantime. */
const MAX_ATTEMPTS = 20;

async function retryWhilePackChanges<T>(attempt: () => Promise<T>): Promise<T> {
  const isRetryable = (error: unknown) => error instanceof PackFilesChanged;
  try {
    return await retryWithBackoff(attempt, { maxAttempts: MAX_ATTEMPTS, isRetryable });
  } catch (error) {
    if (!(error instanceof PackFilesChanged)) throw error;
    throw new DomainError('CONFLICT', `${error.message}: others register it without a pause`);
  }
}

/**
 * VALIDATION_ERROR, BAD_REQUEST, CONFLICT, NOT_FOUND, in this order. The pack is read first:
 * later registrations are detected.
 */
async function loadPackOfNew(transaction: Transaction, packRef: string, body: WorkflowFileBody): Promise<PackRow> {
  requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema });
  requireEqual(body.pack_ref, packRef, 'pack_ref');
  const pack = await findPack(transaction, packRef);
  await rejectTakenRef(transaction, `${packRef}.${body.name}`);
  if (!pack) throw packNotFound(packRef);
  return pack;
}

/**
 * NOT_FOUND; FORBIDDEN for one in a shared pack. A workflow that was created through the API
 * belongs to its file from now on.
 */
async function loadPackOfExisting(
  transaction: Transaction,
  ref: string,
  given: WorkflowFileBody,
): Promise<WrittenWorkflow> {
  const row = await loadWorkflow(transaction, ref);
  const pack = await loadPack(transaction, row.pack_ref);
  rejectShared(pack);
  await markWorkflowFromFile(transaction, row.id);
  return { pack, body: await withStoredSecrets(transaction, given, row) };
}

function requireSameName(row: WorkflowRow, body: WorkflowFileBody): void {
  requireEqual(body.pack_ref, row.pack_ref, 'pack_ref');
  requireEqual(`${body.pack_ref}.${body.name}`, row.ref, 'name');
}

function requireEqual(actual: string, expected: string, path: string): void {
  if (actual === expected) return;
  throw new DomainError('BAD_REQUEST', `${path} says ${actual}, the path says ${expected}`, { path });
}
