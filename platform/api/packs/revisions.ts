import { Type } from '@sinclair/typebox';
import { dataEnvelope } from '../../../contract/envelopes';
import { Explanation } from '../../../contract/workflows/explanation';
import { CompiledRevision, CreateRevision, Revision, RevisionDetails } from '../../../contract/workflows';
import { PositiveInteger } from '../../../contract/json';
import type { Caller } from '../../auth/caller';
import { authorOf } from '../../auth/author';
import { authorColumns } from '../../store/packs/author';
import { planRevision } from '../../packs/revisions/compile-revision';
import { explainRevision } from '../../packs/revisions/explain-revision';
import { findingError } from '../../packs/revisions/finding-error';
import { requireFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import {
  createRevision,
  findRevision,
  listRevisions,
  markReady,
  showRevision,
  type RevisionRow,
} from '../../store/packs/revisions';
import type { WorkflowRow } from '../../store/packs/workflows';
import { onOwnComponent, refParams } from '../http/component-requirements';
import type { Api } from '../http/context';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { requireUsableSchemas } from './usable-schemas';
import { shownRevision, withStoredSecrets } from './shown-definitions';
import { loadWorkflow, onReadableWorkflow, requireSaveable } from './workflows';

const PATH = '/api/v1/workflows/:ref/revisions';
const ITEM_PATH = `${PATH}/:revision`;
const extension = 'workflows.revisions';
const tags = ['workflows'];
const itemParams = Type.Object({ ref: Type.String(), revision: PositiveInteger });

/** Numbered revisions of workflows: drafts that run once they are compiled. */
export function revisionsRoutes(api: Api): void {
  readRoutes(api);
  changeRoutes(api);
}

function readRoutes(api: Api): void {
  listRoute(api, {
    extension,
    tags,
    grant: null,
    item: Revision,
    pages: DEFAULT_PAGES,
    ...onReadableWorkflow,
    params: refParams,
    path: PATH,
    list: ({ transaction, loaded, page }) => listRevisions(transaction, loaded.id, page),
  });

  route(api, {
    ...onReadableWorkflow,
    method: 'GET',
    path: ITEM_PATH,
    extension,
    grant: null,
    schema: { tags, params: itemParams, response: { 200: dataEnvelope(RevisionDetails) } },
    handle: async ({ transaction, params, loaded }) => ({
      data: await shownRevision(transaction, await loadRevision(transaction, loaded, params.revision)),
    }),
  });

  route(api, {
    ...onReadableWorkflow,
    method: 'GET',
    path: `${ITEM_PATH}/explanation`,
    extension,
    grant: null,
    schema: { tags, params: itemParams, response: { 200: dataEnvelope(Explanation) } },
    handle: async ({ transaction, params, loaded }) => ({
      data: await explainRevision(transaction, await loadRevision(transaction, loaded, params.revision), loaded.ref),
    }),
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    ...onOwnComponent(loadWorkflow),
    method: 'POST',
    path: PATH,
    extension,
    grant: 'actions:update',
    schema: { tags, params: refParams, body: CreateRevision, response: { 201: dataEnvelope(RevisionDetails) } },
    validate: ({ body }) => requireUsableSchemas({ param_schema: body.param_schema, out_schema: body.out_schema }),
    handle: async ({ transaction, body, loaded }) => {
      const input = await withStoredSecrets(transaction, body, loaded);
      return { data: await shownRevision(transaction, await createRevision(transaction, loaded, input)) };
    },
  });

  route(api, {
    ...onOwnComponent(loadWorkflow),
    method: 'POST',
    path: `${ITEM_PATH}/compile`,
    extension,
    grant: 'actions:update',
    ignoresBody: true,
    schema: { tags, params: itemParams, response: { 200: dataEnvelope(CompiledRevision) } },
    handle: async ({ transaction, caller, params, loaded }) => {
      const revision = await loadRevision(transaction, loaded, params.revision);
      return { data: await compileRevision(transaction, caller, loaded, revision) };
    },
  });
}

/** Throws NOT_FOUND. */
const loadRevision = async (transaction: Transaction, { id, ref }: WorkflowRow, number: number): Promise<RevisionRow> =>
  requireFound(await findRevision(transaction, id, number), `Revision ${number} of workflow '${ref}'`);

/**
 * The caller saves what it compiles: FORBIDDEN for permission sets and actions that it may not
 * name. A revision with findings stays as it was; the first one is the code of the response.
 */
async function compileRevision(
  transaction: Transaction,
  caller: Caller,
  workflow: WorkflowRow,
  revision: RevisionRow,
): Promise<CompiledRevision> {
  const { definition, ready, findings } = await planRevision(transaction, revision, workflow.ref);
  if (definition !== null) await requireSaveable(transaction, caller, workflow.pack_ref, definition);
  if (ready === null) throw findingError(findings);
  if (revision.plan_digest === ready.digest) return { ...(await shownRevision(transaction, revision)), changed: false };
  const author = await authorOf(transaction, caller);
  const compiled = await markReady(transaction, revision, ready, authorColumns(author));
  await showRevision(transaction, workflow, compiled, author);
  return { ...(await shownRevision(transaction, compiled)), changed: true };
}
