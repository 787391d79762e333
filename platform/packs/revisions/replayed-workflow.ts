import type { ReplayRequest } from '../../../contract/workflows/replay';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { actionRefsIn } from '../../core/workflow/definition-taint';
import { actionRefsOf, compile, type Source } from '../../core/workflow/compile/compile';
import { loadStored } from '../../core/workflow/load/load-stored';
import type { ReplayedWorkflow } from '../../core/workflow/replay/replay';
import { DomainError, notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { parameterSchemasOf } from '../../store/packs/action-schemas';
import { findReadyRevision, findRevision, listReadyNumbers, type RevisionRow } from '../../store/packs/revisions';
import { findWorkflow } from '../../store/packs/workflows';
import { findingError } from './finding-error';
import { findInstalledActions } from './installed-actions';

/** What a replay runs; `revision` is null where it is the definition of the request. */
export interface ReplaySubject extends ReplayedWorkflow {
  readonly revision: number | null;
}

/** No workflow: of one that was removed, a definition can be replayed. */
const NO_WORKFLOW = 0;

/**
 * The version of a workflow that a request names. Throws NOT_FOUND, REVISION_NOT_COMPILED, and the
 * code of the first finding for a definition that does not compile.
 */
export async function loadReplaySubject(
  transaction: Transaction,
  ref: string,
  { revision, definition, ...schemas }: ReplayRequest,
): Promise<ReplaySubject> {
  const workflow = await findWorkflow(transaction, ref);
  if (definition !== undefined) {
    const { param_schema = workflow?.param_schema ?? null, out_schema = workflow?.out_schema ?? null } = schemas;
    const source: Source = { ref, definition, param_schema, out_schema };
    return { ...(await compileSource(transaction, source, workflow?.id ?? NO_WORKFLOW)), revision: null };
  }
  if (workflow === null) throw notFound(`Workflow '${ref}'`);
  const row = await loadReady(transaction, workflow, revision);
  const loaded = loadStored(row.definition, ref);
  if (loaded === null) throw new Error(`revision ${row.revision} of workflow '${ref}' is ready and cannot be loaded`);
  const { param_schema: paramSchema } = row;
  const outSchema = withDeclaredSecrets(row.out_schema, row.definition.output);
  const actionSchemas = await parameterSchemasOf(transaction, actionRefsIn(row.definition));
  return { definition: loaded, paramSchema, outSchema, actionSchemas, revision: row.revision };
}

async function compileSource(transaction: Transaction, source: Source, workflow: number): Promise<ReplayedWorkflow> {
  const installed = await findInstalledActions(transaction, actionRefsOf(source), { workflow, ref: source.ref });
  const { definition, findings } = compile(source, installed);
  if (definition === null || findings.length > 0) throw findingError(findings);
  const actionSchemas = await parameterSchemasOf(transaction, actionRefsIn(source.definition));
  const outSchema = withDeclaredSecrets(source.out_schema, source.definition.output);
  return { definition, paramSchema: source.param_schema, outSchema, actionSchemas };
}

/** The revision of this number, or the newest that is compiled. */
async function loadReady(
  transaction: Transaction,
  { id, ref }: { readonly id: number; readonly ref: string },
  number: number | undefined,
): Promise<RevisionRow> {
  const row =
    number === undefined ? await findReadyRevision(transaction, id) : await findRevision(transaction, id, number);
  if (row === null && number !== undefined) throw notFound(`Revision ${number} of workflow '${ref}'`);
  if (row?.state === 'ready') return row;
  const name = number === undefined ? 'No revision' : `Revision ${number}`;
  throw new DomainError(
    'REVISION_NOT_COMPILED',
    `${name} of workflow '${ref}' is ${number === undefined ? '' : 'not '}compiled`,
    {
      path: '/revision',
      hint: `compile one: POST /api/v1/workflows/${ref}/revisions/{n}/compile`,
      ready: await listReadyNumbers(transaction, id),
    },
  );
}
