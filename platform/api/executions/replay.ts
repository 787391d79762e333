import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import type { Execution } from '../../../contract/executions';
import { Id } from '../../../contract/json';
import { ReplayReport, ReplayRequest } from '../../../contract/workflows/replay';
import { packTarget } from '../../auth/authorization-targets';
import type { AuthorizationTarget } from '../../auth/constraints';
import { isTextHidden } from '../../auth/pack-access';
import type { Rights } from '../../auth/rights';
import { Replay } from '../../core/workflow/replay/replay';
import { DomainError, notFound } from '../../base/domain-error';
import { runReplay } from '../../executor/workflows/run-replay';
import { loadReplaySubject } from '../../packs/revisions/replayed-workflow';
import { limitsOf, type Database, type Transaction } from '../../store/database/connection';
import { loadExecutionRecord } from '../../store/executions/execution-record';
import { findPack } from '../../store/packs/packs';
import { findWorkflow } from '../../store/packs/workflows';
import type { Api } from '../http/context';
import { routeAfterCommit } from '../http/route';
import { onExecution, requireReadableTasks } from './on-execution';

/**
 * `POST /executions/{id}/replay`: what another version of its workflow would have done with the
 * inputs and the results of a finished execution. Nothing is stored or started, and no secret is
 * unsealed.
 */
export function replayRoute(api: Api): void {
  routeAfterCommit(api, {
    method: 'POST',
    path: '/api/v1/executions/:id/replay',
    extension: 'workflows.revisions',
    grant: 'executions:read',
    schema: {
      tags: ['executions'],
      params: Type.Object({ id: Id }),
      body: ReplayRequest,
      response: { 200: dataEnvelope(ReplayReport) },
    },
    validate: ({ body }) => requireOneVersion(body),
    ...onExecution,
    check: async (call) => {
      await requireReadableTasks(call);
      await requireReadableRevision(call);
    },
    additionalGrants: [
      {
        grant: 'packs:read',
        target: ({ transaction, body, loaded }) =>
          body.definition === undefined ? null : configTarget(transaction, loaded.action_ref),
      },
    ],
    respond: async ({ caller, body, loaded }) => ({ data: await replay(api.db, caller.tenant, loaded, body) }),
  });
}

/** NOT_FOUND for a stored version of a workflow whose texts the caller may not read. */
async function requireReadableRevision({
  transaction,
  rights,
  body,
  loaded: { action_ref: ref },
}: {
  readonly transaction: Transaction;
  readonly rights: () => Promise<Rights>;
  readonly body: ReplayRequest;
  readonly loaded: Execution;
}): Promise<void> {
  const workflow = body.definition === undefined ? await findWorkflow(transaction, ref) : null;
  if (workflow && (await isTextHidden(transaction, await rights(), workflow.pack_ref)))
    throw notFound(`Workflow '${ref}'`);
}

/** A definition of the request can show the configuration of the workflow's pack. */
async function configTarget(transaction: Transaction, ref: string): Promise<AuthorizationTarget> {
  const workflow = await findWorkflow(transaction, ref);
  const pack = workflow === null ? null : await findPack(transaction, workflow.pack_ref);
  return pack === null ? { ref, packRef: null, owner: null } : packTarget(pack);
}

/** Throws VALIDATION_ERROR. */
function requireOneVersion({ revision, definition, param_schema, out_schema }: ReplayRequest): void {
  if (revision !== undefined && definition !== undefined) throw versionError('revision', 'give revision or definition');
  if (definition !== undefined) return;
  const [schema] = Object.entries({ param_schema, out_schema }).filter(([, value]) => value !== undefined);
  if (schema !== undefined) throw versionError(schema[0], `${schema[0]} needs a definition`);
}

const versionError = (path: string, message: string) =>
  new DomainError('VALIDATION_ERROR', message, { path: `/${path}`, hint: 'name one version of the workflow' });

async function replay(
  db: Database,
  tenant: number,
  { id, action_ref: workflow }: Execution,
  request: ReplayRequest,
): Promise<ReplayReport> {
  const { record, subject, maxRounds } = await db.readingInTenant(tenant, async (transaction) => ({
    record: await loadExecutionRecord(transaction, id),
    subject: await loadReplaySubject(transaction, workflow, request),
    maxRounds: limitsOf(transaction).workflowRounds,
  }));
  const replayed = new Replay(subject, record, maxRounds);
  await runReplay(replayed, id);
  return { execution: id, workflow, revision: subject.revision, ...replayed.outcome() };
}
