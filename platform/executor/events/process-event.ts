import { eventHeaders } from '../../core/criteria/event-headers';
import { sql } from 'kysely';
import { DatabaseError } from 'pg';
import type { Decision } from '../../../contract/events';
import { isObject, type JsonObject } from '../../../contract/json';
import { evaluateCriteria } from '../../core/criteria/evaluate-criteria';
import type { CriteriaEvent } from '../../core/criteria/types';
import { ParameterFault, ParametersTooLarge, resolveWithTaint } from '../../core/rule-parameters/resolve-parameters';
import { DomainError } from '../../base/domain-error';
import { addErrorSubject, withErrorSubject } from '../../base/error-subject';
import { logHandled, type Transaction } from '../../store/database/connection';
import { insertEnforcement, resolveEnforcement } from '../../store/events/enforcements';
import { insertDecisions, insertEvent, type EventRow, type NewEvent } from '../../store/events/events';
import { findActionToExecute, type ActionToExecute } from '../../store/executions/executions';
import { requestExecution } from '../../store/executions/new-execution';
import { isAuthor } from '../../store/executions/permission-limit';
import { isStillEnabled, listRulesToEvaluate, type RuleToEvaluate } from '../../store/events/rules';
import { UnsealFailed } from '../../store/secrets/vault';
import { checkSource, rejectRequest } from '../requests/request-execution';
import { loopAlert } from '../requests/loop-limit';
import { loadReferencedKeys, ruleConnections, secretSourceTaint, sourcesWithKeys } from './rule-sources';

/**
 * Stores an event and its consequences in one transaction: the decision of each rule, an
 * enforcement and an execution for each rule that matches, the notification. The error of a rule
 * that cannot be fired is stored in its decision and does not affect the other rules.
 */
export async function processEvent(transaction: Transaction, tenant: number, event: NewEvent): Promise<EventRow> {
  const row = await insertEvent(transaction, event);
  const rules =
    event.rule === 'gone' ? [] : await listRulesToEvaluate(transaction, row.trigger_ref, event.rule?.id ?? null);
  await evaluateRules(transaction, tenant, row, event.payload, rules);
  return row;
}

/** Decides each rule on a stored event. `payload` is undefined where the event has none. */
export async function evaluateRules(
  transaction: Transaction,
  tenant: number,
  row: EventRow,
  payload: NewEvent['payload'],
  rules: readonly RuleToEvaluate[],
): Promise<void> {
  const occurrence = {
    ...row,
    triggerRef: row.trigger_ref,
    payload,
    headers: eventHeaders(row),
  } satisfies CriteriaEvent;
  const decisions: Decision[] = [];
  for (const rule of rules) {
    const subject = { event: row.id, rule: rule.ref };
    decisions.push(await withErrorSubject(subject, () => decide(transaction, tenant, { row, occurrence, rule })));
  }
  await insertDecisions(transaction, row.id, decisions);
}

interface RuleOnEvent {
  readonly row: EventRow;
  /** The same event, as criteria see it. */
  readonly occurrence: CriteriaEvent;
  readonly rule: RuleToEvaluate;
}

async function decide(
  transaction: Transaction,
  tenant: number,
  { row, occurrence, rule }: RuleOnEvent,
): Promise<Decision> {
  const { matched, decidedBy, code, message } = evaluateCriteria(rule.conditions, occurrence);
  const decision = {
    ...baseDecision(rule),
    matched,
    decided_by: truncated(decidedBy),
    code,
    message: truncated(message),
  };
  return matched ? fireRule(transaction, tenant, row, rule, decision) : decision;
}

const baseDecision = ({ id, ref }: RuleToEvaluate) => ({ rule: id, rule_ref: ref, enforcement: null });

const MAX_TEXT_CHARACTERS = 2_000;

const truncated = (text: string | null): string | null =>
  text !== null && text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;

/**
 * Runs under a savepoint, so that a database error of one rule does not abort the others. What the
 * database rejects is logged: the message of the decision leaves out the values.
 */
async function fireRule(
  transaction: Transaction,
  tenant: number,
  event: EventRow,
  rule: RuleToEvaluate,
  decision: Decision,
): Promise<Decision> {
  await sql`savepoint rule`.execute(transaction);
  try {
    const firedRule = await enforceRule(transaction, tenant, event, rule);
    await sql`release savepoint rule`.execute(transaction);
    return { ...decision, ...firedRule };
  } catch (error) {
    const message = isRejectedByDatabase(error) ? rejectionMessage(error) : ruleErrorMessage(error);
    if (message === null) throw error;
    await sql`rollback to savepoint rule`.execute(transaction);
    if (isRejectedByDatabase(error)) {
      const subject = { event: event.id, rule: rule.ref };
      logHandled(transaction, addErrorSubject(error, subject), 'the database rejected the execution of a rule');
    }
    return { ...decision, code: 'RULE_BROKEN', message };
  }
}

type FiredRule = Pick<Decision, 'enforcement'> & Partial<Pick<Decision, 'code' | 'message'>>;

async function enforceRule(
  transaction: Transaction,
  tenant: number,
  event: EventRow,
  rule: RuleToEvaluate,
): Promise<FiredRule> {
  const enforcement = await insertEnforcement(transaction, event, rule);
  if (enforcement === null) return { enforcement };
  if (!(await isStillEnabled(transaction, rule.id))) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'RULE_DISABLED', message: 'the rule was disabled after it had matched' };
  }
  const action = await findActionToExecute(transaction, rule.action_ref);
  if (action === null) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'ACTION_GONE', message: `action ${rule.action_ref} does not exist` };
  }
  const denial = await checkSource(transaction, { type: 'rule', owned: rule }, action);
  if (denial !== null) {
    await resolveEnforcement(transaction, enforcement, 'disabled', null);
    return { enforcement, code: 'OWNER_NOT_ALLOWED', message: denial.error };
  }
  const config = await requestRuleExecution(transaction, tenant, event, rule, { enforcement, action });
  await resolveEnforcement(transaction, enforcement, 'processed', config);
  return { enforcement };
}

/**
 * Requests the execution of a rule. Where a secret would reach a parameter that is not declared
 * secret, it stores a failed execution instead. Returns the parameters with secrets redacted.
 */
async function requestRuleExecution(
  transaction: Transaction,
  tenant: number,
  event: EventRow,
  rule: RuleToEvaluate,
  { enforcement, action }: { readonly enforcement: number; readonly action: ActionToExecute },
): Promise<JsonObject> {
  const keys = await loadReferencedKeys(transaction, rule.pack_ref, rule.action_params);
  const taint = secretSourceTaint(transaction, {
    keys,
    packConfigSchema: rule.pack_conf_schema,
    payload: isObject(event.payload) ? event.payload : {},
    payloadSchema: rule.payload_schema,
  });
  const sources = sourcesWithKeys(ruleSources(event, rule), keys, taint);
  const { parameters, secrets } = resolveWithTaint(rule.action_params, sources);
  const { executor, permission_set_refs, permission_limit: permissionLimit } = rule;
  const { correlation_id, causation_depth, trigger_ref } = event;
  const origin = { enforcement, rule_ref: rule.ref, trigger_ref, correlation_id, causation_depth };
  const request = { tenant, action, executor, origin, parameters };
  const isAuthoredByExecutor = isAuthor(executor, rule.saved_by);
  const rejected = await rejectRequest(transaction, 'rule', { ...request, secrets }, processLoopAlert);
  if (rejected !== null) return rejected.stored!.config;
  const connections = await ruleConnections(transaction, rule);
  const permissions = { permission_set_refs, permissionLimit, isAuthoredByExecutor };
  const { config } = await requestExecution(transaction, { ...request, ...permissions, connections });
  return config ?? {};
}

export async function processLoopAlert(
  transaction: Transaction,
  tenant: number,
  action: ActionToExecute,
  chain: string,
): Promise<void> {
  const alert = await loopAlert(transaction, action, chain);
  if (alert !== null) await processEvent(transaction, tenant, alert);
}

/**
 * The names that `action_params` may use. `trigger.payload` is an older spelling of
 * `event.payload`.
 */
function ruleSources(event: EventRow, rule: RuleToEvaluate): JsonObject {
  const { id, trigger_ref, payload, created } = event;
  return {
    event: { id, trigger: trigger_ref, trigger_ref, payload, headers: eventHeaders(event), created },
    trigger: { payload },
    pack: { config: rule.pack_config },
    system: { timestamp: created, rule: { id: rule.id, ref: rule.ref } },
  };
}

const RULE_ERRORS = [ParametersTooLarge, ParameterFault, DomainError, UnsealFailed];

/** The error message of a rule that is itself at fault; null for any other error. */
const ruleErrorMessage = (error: unknown): string | null =>
  RULE_ERRORS.some((type) => error instanceof type) ? (error as Error).message : null;

/** Data exceptions (22), violated constraints (23), row-level security (42501). */
const isRejectedByDatabase = (error: unknown): error is DatabaseError =>
  error instanceof DatabaseError && /^(?:2[23]|42501)/.test(error.code ?? '');

/** The text of the database may have a value of the execution; names and the code have none. */
function rejectionMessage({ code, table, column, constraint }: DatabaseError): string {
  const places = Object.entries({ constraint, table, column }).flatMap(([kind, name]) =>
    name ? [`${kind} ${name}`] : [],
  );
  return `the database rejected its execution: ${[`SQLSTATE ${code ?? 'unknown'}`, ...places].join(', ')}`;
}
