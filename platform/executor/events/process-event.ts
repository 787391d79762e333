import { eventHeaders } from '../../core/criteria/event-headers';
import { DatabaseError } from 'pg';
import type { Decision } from '../../../contract/events';
import { isObject, type JsonObject } from '../../../contract/json';
import { evaluateCriteria } from '../../core/criteria/evaluate-criteria';
import type { CriteriaEvent } from '../../core/criteria/types';
import { schemaTaint } from '../../core/secrets/schema-taint';
import { ParameterFault, ParametersTooLarge, resolveParameters } from '../../core/rule-parameters/resolve-parameters';
import { DomainError } from '../../base/domain-error';
import { TimeSlices } from '../../base/async/time-slices';
import { addErrorSubject, withErrorSubject } from '../../base/error-subject';
import { endsTransaction, logHandled, underSavepoint, type Transaction } from '../../store/database/connection';
import { insertEnforcement, resolveEnforcement } from '../../store/events/enforcements';
import { insertDecisions, insertEvent, type EventRow, type NewEvent } from '../../store/events/events';
import { insertPendingRule } from '../../store/events/pending-rules';
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
 * that cannot be fired is stored in its decision and does not affect the other rules; a rule whose
 * evaluation fails otherwise is evaluated again later.
 */
export async function processEvent(transaction: Transaction, tenant: number, event: NewEvent): Promise<EventRow> {
  const row = await insertEvent(transaction, event);
  const rules =
    event.rule === 'gone' ? [] : await listRulesToEvaluate(transaction, row.trigger_ref, event.rule?.id ?? null);
  await evaluateRules(transaction, tenant, row, event.payload, rules);
  return row;
}

/** The decisions of rules that do not match are one statement. */
async function evaluateRules(
  transaction: Transaction,
  tenant: number,
  row: EventRow,
  payload: NewEvent['payload'],
  rules: readonly RuleToEvaluate[],
): Promise<void> {
  const occurrence = criteriaEvent(row, payload);
  const unmatched: { readonly rule: RuleToEvaluate; readonly decision: Decision }[] = [];
  const slices = new TimeSlices();
  for (const rule of rules) {
    await slices.giveTurn();
    await retryLaterOnError(transaction, row, rule, async () => {
      const decision = decide(rule, occurrence);
      if (!decision.matched) {
        unmatched.push({ rule, decision });
        return;
      }
      await fireRule(transaction, tenant, { row, rule, decision });
    });
  }
  const store = (decisions: readonly Decision[]) =>
    underSavepoint(transaction, () => insertDecisions(transaction, row.id, decisions));
  if (unmatched.length === 0) return;
  try {
    await store(unmatched.map(({ decision }) => decision));
  } catch (error) {
    if (endsTransaction(error)) throw error;
    for (const { rule, decision } of unmatched)
      await retryLaterOnError(transaction, row, rule, () => store([decision]));
  }
}

/**
 * Stores that the rule is still to be evaluated where `work` fails, which leaves no effect of it.
 */
async function retryLaterOnError(
  transaction: Transaction,
  { id: event }: EventRow,
  rule: RuleToEvaluate,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const subjected = addErrorSubject(error, { event, rule: rule.ref });
    if (endsTransaction(error)) throw subjected;
    logHandled(transaction, subjected, 'could not evaluate the rule of an event, and retries it');
    await insertPendingRule(transaction, { event, rule: rule.id });
  }
}

/**
 * Decides one rule on a stored event. `payload` is undefined where the event has none. Throws the
 * error of an evaluation that fails.
 */
export async function evaluateRule(
  transaction: Transaction,
  tenant: number,
  row: EventRow,
  payload: NewEvent['payload'],
  rule: RuleToEvaluate,
): Promise<void> {
  await withErrorSubject({ event: row.id, rule: rule.ref }, async () => {
    const decision = decide(rule, criteriaEvent(row, payload));
    if (decision.matched) await fireRule(transaction, tenant, { row, rule, decision });
    else await insertDecisions(transaction, row.id, [decision]);
  });
}

const criteriaEvent = (row: EventRow, payload: NewEvent['payload']): CriteriaEvent => ({
  ...row,
  triggerRef: row.trigger_ref,
  payload,
  headers: eventHeaders(row),
});

function decide(rule: RuleToEvaluate, occurrence: CriteriaEvent): Decision {
  const secrets = schemaTaint(rule.payload_schema, occurrence.payload);
  const { matched, decidedBy, code, message } = evaluateCriteria(rule.conditions, { ...occurrence, secrets });
  return {
    rule: rule.id,
    rule_ref: rule.ref,
    enforcement: null,
    matched,
    decided_by: truncated(decidedBy),
    code,
    message: truncated(message),
  };
}

const MAX_TEXT_CHARACTERS = 2_000;

const truncated = (text: string | null): string | null =>
  text !== null && text.length > MAX_TEXT_CHARACTERS ? `${text.slice(0, MAX_TEXT_CHARACTERS)}…` : text;

interface MatchedRule {
  readonly row: EventRow;
  readonly rule: RuleToEvaluate;
  readonly decision: Decision;
}

/**
 * Enforces a rule and stores its decision, or neither. What the database rejects is logged: the
 * message of the decision leaves out the values.
 */
async function fireRule(transaction: Transaction, tenant: number, { row, rule, decision }: MatchedRule): Promise<void> {
  const store = (changes: Partial<Decision>) => insertDecisions(transaction, row.id, [{ ...decision, ...changes }]);
  try {
    await underSavepoint(transaction, async () => store(await enforceRule(transaction, tenant, row, rule)));
  } catch (error) {
    const message = isRejectedByDatabase(error) ? rejectionMessage(error) : ruleErrorMessage(error);
    if (message === null) throw error;
    if (isRejectedByDatabase(error)) {
      const subject = { event: row.id, rule: rule.ref };
      logHandled(transaction, addErrorSubject(error, subject), 'the database rejected the execution of a rule');
    }
    await underSavepoint(transaction, () => store({ code: 'RULE_BROKEN', message }));
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
  const { parameters, secrets } = resolveParameters(rule.action_params, sources);
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
