import { sql } from 'kysely';
import { DatabaseError } from 'pg';
import type { Decision } from '../../contract/events';
import { isObject, type JsonObject } from '../../contract/json';
import { decide } from '../core/criteria/decide';
import type { Occurrence } from '../core/criteria/types';
import { ParametersTooLarge, resolveSecretly } from '../core/rule-parameters/resolve';
import { joined } from '../core/template/taint';
import { hide } from '../core/workflow/hidden';
import { taintOfSchema, undeclaredPaths, undeclaredSecrets } from '../core/workflow/secrets';
import { Refusal } from '../refusal';
import type { Transaction } from '../store/database';
import { insertEnforcement, resolveEnforcement } from '../store/enforcements';
import { insertDecisions, insertEvent, type EventRow, type NewEvent } from '../store/events';
import { findAction, requestExecution, type ActionToExecute } from '../store/executions';
import { recordRefused } from '../store/refused-executions';
import { isStillEnabled, rulesToAsk, type RuleToAsk } from '../store/rules';
import { SealBroken } from '../store/vault';
import { ownerRefusal } from './rule-owner';
import { keysNamedBy, secretSources, withKeys } from './rule-sources';

/**
 * Stores an event and all that comes of it in one transaction: what each rule decided, an enforcement for every rule that
 * it meets, its execution, the doorbell. A rule that cannot be fired says so in its decision and leaves the others alone.
 */
export async function takeIn(transaction: Transaction, tenant: number, event: NewEvent): Promise<EventRow> {
  const row = await insertEvent(transaction, event);
  const rules = event.rule === 'gone' ? [] : await rulesToAsk(transaction, row.trigger_ref, event.rule?.id ?? null);
  await askRules(transaction, tenant, row, event.payload, rules);
  return row;
}

/** All that comes of an event that is stored: `payload` is undefined where none was given. */
export async function askRules(
  transaction: Transaction,
  tenant: number,
  row: EventRow,
  payload: NewEvent['payload'],
  rules: readonly RuleToAsk[],
): Promise<void> {
  const occurrence = { ...row, triggerRef: row.trigger_ref, payload } satisfies Occurrence;
  const decisions: Decision[] = [];
  for (const rule of rules) {
    const { matched, decidedBy, code, message } = decide(rule.conditions, occurrence);
    const decision = { ...base(rule), matched, decided_by: shortened(decidedBy), code, message: shortened(message) };
    decisions.push(matched ? await fire(transaction, tenant, row, rule, decision) : decision);
  }
  await insertDecisions(transaction, row.id, decisions);
}

const base = ({ id, ref }: RuleToAsk) => ({ rule: id, rule_ref: ref, enforcement: null });

const MOST_CHARACTERS = 2_000;

const shortened = (text: string | null): string | null =>
  text !== null && text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;

/** Under a savepoint of its own, so that what the database refuses one rule is not refused to all. */
async function fire(
  transaction: Transaction,
  tenant: number,
  event: EventRow,
  rule: RuleToAsk,
  decision: Decision,
): Promise<Decision> {
  await sql`savepoint rule`.execute(transaction);
  try {
    const fired = await enforce(transaction, tenant, event, rule);
    await sql`release savepoint rule`.execute(transaction);
    return { ...decision, ...fired };
  } catch (error) {
    const message = whyBroken(error);
    if (message === null) throw error;
    await sql`rollback to savepoint rule`.execute(transaction);
    return { ...decision, code: 'RULE_BROKEN', message };
  }
}

type Fired = Pick<Decision, 'enforcement'> & Partial<Pick<Decision, 'code' | 'message'>>;

async function enforce(transaction: Transaction, tenant: number, event: EventRow, rule: RuleToAsk): Promise<Fired> {
  const enforcement = await insertEnforcement(transaction, event, rule);
  if (enforcement === null) return { enforcement };
  if (!(await isStillEnabled(transaction, rule.id))) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'RULE_DISABLED', message: 'the rule was disabled after it had matched' };
  }
  const action = await findAction(transaction, rule.action_ref);
  if (action === null) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'ACTION_GONE', message: `action ${rule.action_ref} does not exist` };
  }
  const refusal = await ownerRefusal(transaction, rule, action);
  if (refusal !== null) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'OWNER_NOT_ALLOWED', message: refusal };
  }
  const config = await execute(transaction, tenant, event, rule, { enforcement, action });
  await resolveEnforcement(transaction, enforcement, 'processed', config);
  return { enforcement };
}

/**
 * Requests the execution, or records why it may not be made; answers its parameters as they may be shown. A secret goes to
 * no parameter that is not declared to take one.
 */
async function execute(
  transaction: Transaction,
  tenant: number,
  event: EventRow,
  rule: RuleToAsk,
  { enforcement, action }: { readonly enforcement: number; readonly action: ActionToExecute },
): Promise<JsonObject> {
  const keys = await keysNamedBy(transaction, rule.pack_ref, rule.action_params);
  const sources = withKeys(sourcesOf(event, rule), keys, secretSources(keys, rule.pack_conf_schema));
  const { parameters, secrets } = resolveSecretly(rule.action_params, sources);
  const cause = {
    enforcement,
    rule_ref: rule.ref,
    trigger_ref: event.trigger_ref,
    correlation_id: event.correlation_id,
  };
  const wanted = { action, tenant, executor: rule.executor, cause };
  const undeclared = undeclaredPaths(action.paramSchema, secrets);
  if (undeclared.length > 0) {
    const { shown } = hide(parameters, joined(secrets, taintOfSchema(action.paramSchema)));
    const config = isObject(shown) ? shown : {};
    await recordRefused(transaction, { ...wanted, config, ...undeclaredSecrets(undeclared) });
    return config;
  }
  const permission_set_refs = rule.permission_set_refs;
  const { config } = await requestExecution(transaction, { ...wanted, parameters, permission_set_refs, parent: null });
  return config ?? {};
}

/** What `action_params` may name. `trigger.payload` is an older spelling of `event.payload`. */
const sourcesOf = ({ id, trigger_ref, payload, created }: EventRow, rule: RuleToAsk): JsonObject => ({
  event: { id, trigger: trigger_ref, payload, created },
  trigger: { payload },
  pack: { config: rule.pack_config },
  system: { timestamp: created, rule: { id: rule.id, ref: rule.ref } },
});

/** What is wrong with the rule itself, as a sentence; null for an error that is not its own. */
function whyBroken(error: unknown): string | null {
  if (error instanceof ParametersTooLarge || error instanceof Refusal || error instanceof SealBroken)
    return error.message;
  // A value that a column does not take, a constraint that it breaks, a row of somebody else's.
  const isRefused = error instanceof DatabaseError && /^(?:2[23]|42501)/.test(error.code ?? '');
  return isRefused ? 'the database refused its execution' : null;
}
