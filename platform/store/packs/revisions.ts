import { sql, type Selectable } from 'kysely';
import type { CreateRevision, Finding, Plan, Revision, RevisionDetails } from '../../../contract/workflows';
import { writeJson } from '../../../contract/json-text/write-json';
import { shownDocument } from '../../core/secrets/shown-document';
import { shownSchema } from '../../core/secrets/shown-schema';
import type { Taint } from '../../core/secrets/taint';
import { asJson, now, type Transaction } from '../database/connection';
import { countedRows, type CountedRows, type RowRange } from '../database/list-rows';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';
import { authorColumns, type Author, type AuthorColumns } from './author';
import { nullableJson } from './packs';
import { pinActions, replacePlan, type PinnedAction, type ReplacedPlan } from './pinned-actions';
import type { WorkflowRow } from './workflows';

export type RevisionRow = Selectable<Tables['workflow_revision']>;

const revisionsOf = (transaction: Transaction, workflow: number) =>
  transaction.selectFrom('workflow_revision').where('workflow', '=', workflow).where(ownedByTenant);

/** The oldest first. */
export async function listRevisions(
  transaction: Transaction,
  workflow: number,
  { offset, limit }: RowRange,
): Promise<CountedRows<Revision>> {
  const matching = revisionsOf(transaction, workflow);
  const page = matching.selectAll().orderBy('revision').offset(offset).limit(limit);
  return countedRows(matching, page, toRevision);
}

/** Null where there is none of that number. */
export async function findRevision(
  transaction: Transaction,
  workflow: number,
  revision: number,
): Promise<RevisionRow | null> {
  const query = revisionsOf(transaction, workflow).selectAll().where('revision', '=', revision);
  return (await query.executeTakeFirst()) ?? null;
}

/** The compiled revision with the highest number; null: none is compiled. */
export async function findReadyRevision(transaction: Transaction, workflow: number): Promise<RevisionRow | null> {
  const ready = revisionsOf(transaction, workflow).selectAll().where('state', '=', 'ready');
  return (await ready.orderBy('revision', 'desc').limit(1).executeTakeFirst()) ?? null;
}

/** Numbers of the compiled revisions, in order. */
export async function listReadyNumbers(transaction: Transaction, workflow: number): Promise<number[]> {
  const ready = revisionsOf(transaction, workflow).select('revision').where('state', '=', 'ready');
  return (await ready.orderBy('revision').execute()).map(({ revision }) => revision);
}

/** A draft, with the next number. The workflow's row shows what it showed before. */
export async function createRevision(
  transaction: Transaction,
  workflow: WorkflowRow,
  input: CreateRevision,
): Promise<RevisionRow> {
  const lock = transaction.selectFrom('workflow_definition').select('id').where('id', '=', workflow.id).forUpdate();
  await lock.execute();
  const latest = revisionsOf(transaction, workflow.id).select(sql<number>`max(revision)`.as('revision'));
  const { revision } = await latest.executeTakeFirstOrThrow();
  return transaction
    .insertInto('workflow_revision')
    .values({
      workflow: workflow.id,
      revision: revision + 1,
      definition: asJson(input.definition),
      param_schema: nullableJson(input.param_schema ?? workflow.param_schema),
      out_schema: nullableJson(input.out_schema ?? workflow.out_schema),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** With the author of the workflow that shows it. */
type SavedRevision = RevisionRow & { readonly ref: string };

/** Revisions that workflows show and that were not compiled: of one workflow, or of a pack. */
export async function listShownDrafts(
  transaction: Transaction,
  shown: { readonly workflow: number } | { readonly pack: number },
): Promise<SavedRevision[]> {
  const drafts = transaction
    .selectFrom('workflow_definition as w')
    .innerJoin('workflow_revision as v', (join) =>
      join.onRef('v.workflow', '=', 'w.id').onRef('v.revision', '=', 'w.revision'),
    )
    .selectAll('v')
    .select(['w.ref', 'w.saved_by', 'w.saved_with_sets'])
    .where('v.state', '=', 'draft');
  const own = 'pack' in shown ? drafts.where('w.pack', '=', shown.pack) : drafts.where('w.id', '=', shown.workflow);
  return own.orderBy('w.id').execute();
}

type RevisionKey = Pick<RevisionRow, 'workflow' | 'revision'>;

const updateOf = (transaction: Transaction, { workflow, revision }: RevisionKey) =>
  transaction
    .updateTable('workflow_revision')
    .where('workflow', '=', workflow)
    .where('revision', '=', revision)
    .where(ownedByTenant);

export interface ReadyPlan {
  readonly plan: Plan;
  readonly digest: string;
  readonly actions: readonly PinnedAction[];
  /**
   * The plan that it replaces in the plans of the workflows that it calls and that call it, as
   * only they have changed since; null: it is in none of them.
   */
  readonly replaces: ReplacedPlan | null;
}

/** The plan can be run from now on, with its actions as they are, and with its author. */
export async function markReady(
  transaction: Transaction,
  key: RevisionKey,
  { plan, digest, actions, replaces }: ReadyPlan,
  { saved_by, saved_with_sets }: AuthorColumns,
): Promise<RevisionRow> {
  await pinActions(transaction, { workflow: key.workflow, digest }, actions);
  if (replaces !== null) await replacePlan(transaction, key, replaces, digest);
  return updateOf(transaction, key)
    .set({ state: 'ready', plan: asJson(plan), plan_digest: digest, findings: '[]', compiled_at: now })
    .set({ saved_by, saved_with_sets })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** What was saved with these mistakes cannot be run strictly. */
export const markInvalid = (transaction: Transaction, key: RevisionKey, findings: readonly Finding[]) =>
  updateOf(transaction, key)
    .set({ state: 'invalid', findings: writeJson(findings) })
    .execute();

/**
 * The workflow's row, and the schemas of its action, show this revision, unless they show a newer
 * one. Of the one that they show, only the author changes: the caller that compiled it. The action
 * of a file may have schemas of its own.
 */
export async function showRevision(
  transaction: Transaction,
  shown: WorkflowRow,
  { revision, definition, param_schema, out_schema }: RevisionRow,
  author: Author,
): Promise<void> {
  const schemas = { param_schema: nullableJson(param_schema), out_schema: nullableJson(out_schema), updated: now };
  const { numUpdatedRows } = await transaction
    .updateTable('workflow_definition')
    .set({ revision, definition: asJson(definition), ...authorColumns(author), ...schemas })
    .where('id', '=', shown.id)
    .where('revision', '<=', revision)
    .where(ownedByTenant)
    .executeTakeFirst();
  if (numUpdatedRows === 0n || revision === shown.revision) return;
  await transaction
    .updateTable('action')
    .set(schemas)
    .where('workflow_def', '=', shown.id)
    .where(ownedByTenant)
    .execute();
}

const toRevision = ({ revision, state, plan_digest, findings, created, compiled_at }: RevisionRow): Revision => ({
  revision,
  state,
  plan_digest,
  findings,
  created,
  compiled_at,
});

/** `secrets`: those of its definition. */
export const toRevisionDetails = (row: RevisionRow, secrets: Taint): RevisionDetails => ({
  ...toRevision(row),
  definition: shownDocument(row.definition, secrets),
  param_schema: shownSchema(row.param_schema),
  out_schema: shownSchema(row.out_schema),
  plan: row.plan,
});
