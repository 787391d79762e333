import { sql, type Selectable } from 'kysely';
import type { Json, JsonObject } from '../../../contract/json';
import type { CreateRule, Rule, RuleSummary, UpdateRule } from '../../../contract/rules';
import { shownParameters } from '../../core/rule-parameters/shown-parameters';
import { withFormerSecrets } from '../../core/secrets/former-secrets';
import { withDeclaredSecrets } from '../../core/secrets/schema-taint';
import { now, type Transaction } from '../database/connection';
import type { SchemaSubject } from '../packs/former-schemas';
import { optionalJson } from '../packs/packs';
import type { Tables } from '../database/tables';
import { planTimers } from './timers';
import {
  containsWords,
  countedRows,
  equalColumns,
  pageByRef,
  type CountedRows,
  type RowRange,
} from '../database/list-rows';
import { ownedByTenant } from '../database/tenant-filter';

type TimerState = Selectable<Tables['timer']>['state'];

/** With the state of its timer; null when it has none. */
export interface RuleRow extends Selectable<Tables['rule']> {
  readonly timer_row: TimerState | null;
  readonly next_fire_at: string | null;
  readonly timer_reason: string | null;
  /** Of its action and trigger; null: none, or they are gone. */
  readonly action_schema: JsonObject | null;
  /** The parameters in the definition of its workflow. */
  readonly action_definition_schema: JsonObject | null;
  readonly trigger_schema: JsonObject | null;
  /** What former schemas of theirs declared secret. */
  readonly former_action_schemas: readonly JsonObject[];
  readonly former_trigger_schemas: readonly JsonObject[];
}

/** The action and trigger of a rule, as its row stores them. */
interface RuleReferences {
  readonly action: number;
  readonly action_ref: string;
  readonly trigger: number;
  readonly trigger_ref: string;
  readonly permission_limit?: string[] | null;
  readonly saved_by?: number | null;
}

interface RuleFilter {
  readonly pack?: number;
  readonly actionRef?: string;
  readonly triggerRef?: string;
  readonly enabledOnly?: boolean;
  /** Words that its texts must contain. */
  readonly q?: string | undefined;
}

export async function findRule(transaction: Transaction, ref: string): Promise<RuleRow | null> {
  return (await selectRules(transaction).where('ref', '=', ref).executeTakeFirst()) ?? null;
}

const TIMER_COLUMNS = {
  timer_row: sql<TimerState | null>`(select t.state from timer t where t.rule = rule.id)`,
  next_fire_at: sql<string | null>`(select t.due_at from timer t where t.rule = rule.id)`,
  timer_reason: sql<string | null>`(select t.reason from timer t where t.rule = rule.id)`,
};

const SCHEMA_COLUMNS = {
  action_schema: sql<JsonObject | null>`(select a.param_schema from action a where a.id = rule.action)`,
  action_definition_schema: sql<JsonObject | null>`(select w.definition->'parameters'
    from action a join workflow_definition w on w.id = a.workflow_def where a.id = rule.action)`,
  trigger_schema: sql<JsonObject | null>`(select t.param_schema from trigger t where t.id = rule.trigger)`,
};

const formersOf = (subject: SchemaSubject, ref: 'action_ref' | 'trigger_ref') =>
  sql<readonly JsonObject[]>`(select coalesce(jsonb_agg(f.schema order by f.id), '[]') from former_schema f
    where f.tenant in (0, app_tenant()) and f.subject = ${subject} and f.ref = ${sql.ref(`rule.${ref}`)})`;

const selectRules = (transaction: Transaction) =>
  transaction
    .selectFrom('rule')
    .selectAll()
    .select([TIMER_COLUMNS.timer_row.as('timer_row'), TIMER_COLUMNS.next_fire_at.as('next_fire_at')])
    .select(TIMER_COLUMNS.timer_reason.as('timer_reason'))
    .select([SCHEMA_COLUMNS.action_schema.as('action_schema'), SCHEMA_COLUMNS.trigger_schema.as('trigger_schema')])
    .select(SCHEMA_COLUMNS.action_definition_schema.as('action_definition_schema'))
    .select(formersOf('action', 'action_ref').as('former_action_schemas'))
    .select(formersOf('trigger', 'trigger_ref').as('former_trigger_schemas'))
    .where(ownedByTenant);

/** Plans the timer of a rule whose columns were written, and loads it. */
async function planAndLoad(transaction: Transaction, id: number): Promise<RuleRow> {
  await planTimers(transaction, { rule: id });
  return selectRules(transaction).where('id', '=', id).executeTakeFirstOrThrow();
}

/** Null when this tenant has none of that id. */
export async function findRuleById(transaction: Transaction, id: number): Promise<RuleRow | null> {
  return (await selectRules(transaction).where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function listRules(
  transaction: Transaction,
  { pack, actionRef, triggerRef, enabledOnly, q }: RuleFilter,
  range: RowRange,
): Promise<CountedRows<RuleSummary>> {
  const references = equalColumns<'rule'>({ pack, action_ref: actionRef, trigger_ref: triggerRef });
  let matching = transaction.selectFrom('rule').where(ownedByTenant).where(references).where(containsWords(q));
  if (enabledOnly) matching = matching.where('enabled', '=', true);
  const ids = pageByRef(matching.select('id'), range);
  return countedRows(matching, selectRules(transaction).where('id', 'in', ids).orderBy('ref'), toRuleSummary);
}

/**
 * Creates a rule through the API, owned by the caller. Throws the database's error for an invalid
 * or taken ref.
 */
export async function createRule(
  transaction: Transaction,
  input: CreateRule,
  pack: { readonly id: number; readonly ref: string },
  references: RuleReferences,
  owner: number,
): Promise<RuleRow> {
  const { id } = await transaction
    .insertInto('rule')
    .values({
      ref: input.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: input.label,
      ...references,
      ...toColumns(input),
      owner_identity: owner,
      is_adhoc: true,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return planAndLoad(transaction, id);
}

/** Absent fields are kept. */
export async function updateRule(
  transaction: Transaction,
  id: number,
  change: UpdateRule,
  references: Partial<RuleReferences>,
): Promise<RuleRow> {
  await transaction
    .updateTable('rule')
    .set({ label: change.label, ...references, ...toColumns(change), updated: now })
    .where('id', '=', id)
    .where(ownedByTenant)
    .execute();
  return planAndLoad(transaction, id);
}

type EditableFields = Pick<
  CreateRule,
  'description' | 'conditions' | 'action_params' | 'trigger_params' | 'permission_set_refs' | 'enabled'
>;

const toColumns = (input: EditableFields) => ({
  description: input.description,
  // Null means the same as {}, and the API returns a document.
  conditions: optionalJson(input.conditions === null ? {} : input.conditions),
  action_params: optionalJson(input.action_params),
  trigger_params: optionalJson(input.trigger_params),
  permission_set_refs: input.permission_set_refs,
  enabled: input.enabled,
});

/** Gives a rule whose owner was deleted a new owner. */
export async function setRuleOwner(transaction: Transaction, id: number, owner: number): Promise<void> {
  await transaction
    .updateTable('rule')
    .set({ owner_identity: owner, owner_gone: false })
    .where('id', '=', id)
    .where(ownedByTenant)
    .execute();
}

/** Enforcements and executions keep its ref. */
export async function removeRule(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('rule').where('id', '=', id).where(ownedByTenant).execute();
}

/** What is needed to evaluate a rule for an event. */
export interface RuleToEvaluate {
  readonly id: number;
  readonly ref: string;
  readonly action_ref: string;
  readonly conditions: Json;
  readonly action_params: Json;
  readonly permission_set_refs: string[] | null;
  /** Sets of a writer who is not its owner; null: what its owner holds is its limit. */
  readonly permission_limit: string[] | null;
  /** The identity that saved it; null: a program that others wrote, or not known. */
  readonly saved_by: number | null;
  /** Executor of its executions: its owner, else the system identity. */
  readonly executor: number | null;
  /** Null for a rule from a pack. */
  readonly owner: number | null;
  /** Its owner was deleted. */
  readonly owner_gone: boolean;
  readonly pack_ref: string;
  readonly pack_config: JsonObject;
  readonly pack_conf_schema: JsonObject;
  /** Schema of the payloads of the trigger's events. */
  readonly payload_schema: JsonObject | null;
}

/** Executor of rules without an owner. */
export const SYSTEM_IDENTITY = 1;

/** Its id; null where it is gone. */
export async function findSystemIdentity(transaction: Transaction): Promise<number | null> {
  const row = await transaction
    .selectFrom('identity')
    .select('id')
    .where('id', '=', SYSTEM_IDENTITY)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** The enabled rules of a trigger, or only the one that the event is for, in order of id. */
export async function listRulesToEvaluate(
  transaction: Transaction,
  triggerRef: string,
  onlyRule: number | null,
): Promise<RuleToEvaluate[]> {
  const { rows } = await sql<RuleToEvaluate>`
    select r.id, r.ref, r.action_ref, r.conditions, r.action_params, r.permission_set_refs, r.permission_limit, r.saved_by, p.config as pack_config,
      p.ref as pack_ref, p.conf_schema as pack_conf_schema,
      (select t.out_schema from trigger t where t.id = r.trigger) as payload_schema,
      r.owner_identity as owner, r.owner_gone,
      coalesce(r.owner_identity, (select i.id from identity i where i.id = ${SYSTEM_IDENTITY})) as executor
    from rule r join pack p on p.id = r.pack
    where r.tenant = app_tenant() and r.enabled and r.trigger_ref = ${triggerRef}
      and (${onlyRule}::bigint is null or r.id = ${onlyRule}::bigint)
    order by r.id`.execute(transaction);
  return rows;
}

/**
 * Whether a rule is still enabled. Waits for a concurrent change, and blocks further ones until
 * the commit.
 */
export async function isStillEnabled(transaction: Transaction, id: number): Promise<boolean> {
  const query = transaction.selectFrom('rule').select('enabled').where('id', '=', id).where(ownedByTenant).forShare();
  return (await query.executeTakeFirst())?.enabled ?? false;
}

/**
 * The schema of its action, in which what the definition of its workflow, and former ones, declare
 * secret is secret, too.
 */
export const declaredActionSchema = (row: RuleRow): JsonObject | null =>
  withFormerSecrets(
    withDeclaredSecrets(row.action_schema, row.action_definition_schema ?? undefined),
    row.former_action_schemas,
  );
/** The schema of its trigger, with former ones. */
export const declaredTriggerSchema = (row: RuleRow): JsonObject | null =>
  withFormerSecrets(row.trigger_schema, row.former_trigger_schemas);

const toRuleSummary = (row: RuleRow): RuleSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  action_ref: row.action_ref,
  trigger_ref: row.trigger_ref,
  action_params: shownParameters(row.action_params, declaredActionSchema(row)),
  trigger_params: shownParameters(row.trigger_params, declaredTriggerSchema(row)),
  permission_set_refs: row.permission_set_refs,
  enabled: row.enabled,
  created: row.created,
  updated: row.updated,
  ...toTimerFields(row),
});

/** An unplanned timer will be planned before the next read. */
const toTimerFields = ({ timer_row: state, next_fire_at, timer_reason }: RuleRow): Partial<RuleSummary> =>
  state === null ? {} : { next_fire_at, timer_state: state === 'unplanned' ? 'armed' : state, timer_reason };

export const toRule = (row: RuleRow): Rule => ({
  ...toRuleSummary(row),
  pack: row.pack,
  action: row.action,
  trigger: row.trigger,
  conditions: row.conditions,
  is_adhoc: row.is_adhoc,
  owner_identity: row.owner_identity,
});
