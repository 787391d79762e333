import { sql, type Selectable } from 'kysely';
import type { Json, JsonObject } from '../../contract/json';
import type { CreateRule, Rule, RuleSummary, UpdateRule } from '../../contract/rules';
import { now, type Transaction } from './database';
import { jsonOf } from './packs';
import type { TimerRowState } from './rows-timers';
import type { RuleTable } from './tables';
import { planTimers } from './timers';
import { own, type Counted, type Slice } from './walls';

/** With what its timer is up to; null where it has none. */
export interface RuleRow extends Selectable<RuleTable> {
  readonly timer_row: TimerRowState | null;
  readonly next_fire_at: string | null;
  readonly timer_reason: string | null;
}

/** What a rule joins, as its row refers to it. */
export interface RuleEnds {
  readonly action: number;
  readonly action_ref: string;
  readonly trigger: number;
  readonly trigger_ref: string;
}

export interface RuleFilter {
  readonly pack?: number;
  readonly actionRef?: string;
  readonly triggerRef?: string;
  readonly enabledOnly?: boolean;
}

export async function findRule(transaction: Transaction, ref: string): Promise<RuleRow | null> {
  return (await rowsOf(transaction).where('ref', '=', ref).executeTakeFirst()) ?? null;
}

const TIMER = {
  timer_row: sql<TimerRowState | null>`(select t.state from timer t where t.rule = rule.id)`,
  next_fire_at: sql<string | null>`(select t.due_at from timer t where t.rule = rule.id)`,
  timer_reason: sql<string | null>`(select t.reason from timer t where t.rule = rule.id)`,
};

const rowsOf = (transaction: Transaction) =>
  transaction
    .selectFrom('rule')
    .selectAll()
    .select([TIMER.timer_row.as('timer_row'), TIMER.next_fire_at.as('next_fire_at')])
    .select(TIMER.timer_reason.as('timer_reason'))
    .where(own);

/** A rule whose columns were just written, its timer planned accordingly. */
async function planned(transaction: Transaction, id: number): Promise<RuleRow> {
  await planTimers(transaction, id);
  return rowsOf(transaction).where('id', '=', id).executeTakeFirstOrThrow();
}

/** Of this tenant. Null where there is none, or none any more. */
export async function findRuleById(transaction: Transaction, id: number): Promise<RuleRow | null> {
  return (await rowsOf(transaction).where('id', '=', id).executeTakeFirst()) ?? null;
}

export async function listRules(
  transaction: Transaction,
  { pack, actionRef, triggerRef, enabledOnly }: RuleFilter,
  slice: Slice,
): Promise<Counted<RuleSummary>> {
  let wanted = transaction.selectFrom('rule').where(own);
  if (pack !== undefined) wanted = wanted.where('pack', '=', pack);
  if (actionRef !== undefined) wanted = wanted.where('action_ref', '=', actionRef);
  if (triggerRef !== undefined) wanted = wanted.where('trigger_ref', '=', triggerRef);
  if (enabledOnly) wanted = wanted.where('enabled', '=', true);
  const { total } = await wanted.select(sql<number>`count(*)`.as('total')).executeTakeFirstOrThrow();
  const ids = wanted.select('id').orderBy('ref').offset(slice.offset).limit(slice.limit);
  const rows = await rowsOf(transaction).where('id', 'in', ids).orderBy('ref').execute();
  return { rows: rows.map(ruleSummaryOf), total };
}

/** A rule made through the API, its maker's. Throws the database's refusal of the ref. */
export async function createRule(
  transaction: Transaction,
  wanted: CreateRule,
  pack: { readonly id: number; readonly ref: string },
  ends: RuleEnds,
  owner: number,
): Promise<RuleRow> {
  const { id } = await transaction
    .insertInto('rule')
    .values({
      ref: wanted.ref,
      pack: pack.id,
      pack_ref: pack.ref,
      label: wanted.label,
      ...ends,
      ...columnsOf(wanted),
      owner_identity: owner,
      is_adhoc: true,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return planned(transaction, id);
}

/** What is absent stays. */
export async function updateRule(
  transaction: Transaction,
  id: number,
  change: UpdateRule,
  ends: Partial<RuleEnds>,
): Promise<RuleRow> {
  await transaction
    .updateTable('rule')
    .set({ label: change.label, ...ends, ...columnsOf(change), updated: now })
    .where('id', '=', id)
    .where(own)
    .execute();
  return planned(transaction, id);
}

type Common = Pick<
  CreateRule,
  'description' | 'conditions' | 'action_params' | 'trigger_params' | 'permission_set_refs' | 'enabled'
>;

const columnsOf = (given: Common) => ({
  description: given.description,
  // Null says what {} says, and readers are promised a document.
  conditions: jsonOf(given.conditions === null ? {} : given.conditions),
  action_params: jsonOf(given.action_params),
  trigger_params: jsonOf(given.trigger_params),
  permission_set_refs: given.permission_set_refs,
  enabled: given.enabled,
});

/** Of a rule whose owner was deleted: it acts for somebody again. */
export async function takeOverRule(transaction: Transaction, id: number, owner: number): Promise<void> {
  await transaction
    .updateTable('rule')
    .set({ owner_identity: owner, owner_gone: false })
    .where('id', '=', id)
    .where(own)
    .execute();
}

/** Enforcements and executions keep its ref. */
export async function removeRule(transaction: Transaction, id: number): Promise<void> {
  await transaction.deleteFrom('rule').where('id', '=', id).where(own).execute();
}

/** A rule as an event meets it. */
export interface RuleToAsk {
  readonly id: number;
  readonly ref: string;
  readonly action_ref: string;
  readonly conditions: Json;
  readonly action_params: Json;
  readonly permission_set_refs: string[] | null;
  /** Whose executions it makes: its owner's, else the system's. */
  readonly executor: number | null;
  /** Null for one that came with a pack. */
  readonly owner: number | null;
  /** It had one, who was deleted. */
  readonly owner_gone: boolean;
  readonly pack_ref: string;
  readonly pack_config: JsonObject;
  readonly pack_conf_schema: JsonObject;
}

/** The identity that acts for rules nobody owns. */
const SYSTEM_IDENTITY = 1;

/** The enabled rules of a trigger, or only the one that the event is for, in order of their ids. */
export async function rulesToAsk(
  transaction: Transaction,
  triggerRef: string,
  only: number | null,
): Promise<RuleToAsk[]> {
  const { rows } = await sql<RuleToAsk>`
    select r.id, r.ref, r.action_ref, r.conditions, r.action_params, r.permission_set_refs, p.config as pack_config,
      p.ref as pack_ref, p.conf_schema as pack_conf_schema,
      r.owner_identity as owner, r.owner_gone,
      coalesce(r.owner_identity, (select i.id from identity i where i.id = ${SYSTEM_IDENTITY})) as executor
    from rule r join pack p on p.id = r.pack
    where r.tenant = app_tenant() and r.enabled and r.trigger_ref = ${triggerRef}
      and (${only}::bigint is null or r.id = ${only}::bigint)
    order by r.id`.execute(transaction);
  return rows;
}

/** Whether a rule is enabled still; what is being changed is waited for, and it stays as it is until the commit. */
export async function isStillEnabled(transaction: Transaction, id: number): Promise<boolean> {
  const query = transaction.selectFrom('rule').select('enabled').where('id', '=', id).where(own).forShare();
  return (await query.executeTakeFirst())?.enabled ?? false;
}

export const ruleSummaryOf = (row: RuleRow): RuleSummary => ({
  id: row.id,
  ref: row.ref,
  pack_ref: row.pack_ref,
  label: row.label,
  description: row.description,
  action_ref: row.action_ref,
  trigger_ref: row.trigger_ref,
  action_params: row.action_params,
  trigger_params: row.trigger_params,
  permission_set_refs: row.permission_set_refs,
  enabled: row.enabled,
  created: row.created,
  updated: row.updated,
  ...timerOf(row),
});

/** What is not planned yet will be before the next look. */
const timerOf = ({ timer_row: state, next_fire_at, timer_reason }: RuleRow): Partial<RuleSummary> =>
  state === null ? {} : { next_fire_at, timer_state: state === 'unplanned' ? 'armed' : state, timer_reason };

export const ruleOf = (row: RuleRow): Rule => ({
  ...ruleSummaryOf(row),
  pack: row.pack,
  action: row.action,
  trigger: row.trigger,
  conditions: row.conditions,
  is_adhoc: row.is_adhoc,
  owner_identity: row.owner_identity,
});
