import type { JsonObject } from '../../../contract/json';
import { attemptOutcome } from '../../outcomes/attempt-outcome';
import { BUILT_IN_PREFIX, IMMEDIATE_ACTIONS } from '../../outcomes/built-in-actions';
import { capturedText } from '../../outcomes/captured-output';
import { exitWithoutProcess } from '../../outcomes/program-exit';
import { limitsOf, type Transaction } from '../../store/database/connection';
import { loadAttemptDetails, type AttemptDetails } from '../../store/executions/attempt-details';
import { recordImmediateAttempts } from '../../store/executions/immediate-attempts';
import type { ChildToInsert } from '../../store/executions/children';
import type { Attempt, AttemptOutcome } from '../../store/lifecycle/attempt';
import { boundOutcome } from '../../store/lifecycle/bounded-result';
import { storableResult } from '../../store/lifecycle/result-extensions';
import type { RequestedExecution } from './requested-executions';

/** Nothing that ends at once reaches a limit. */
const NO_LIMIT: Attempt['limit'] = { seconds: Infinity, level: 'system' };

interface SharedAction {
  readonly isShared: boolean;
  readonly entrypoint: string | null;
}

/** The function of an action of pack core that needs no process; undefined for any other. */
const immediateAction = ({ isShared, entrypoint }: SharedAction) =>
  isShared && entrypoint?.startsWith(BUILT_IN_PREFIX)
    ? IMMEDIATE_ACTIONS[entrypoint.slice(BUILT_IN_PREFIX.length)]
    : undefined;

/**
 * Whether its first attempt may end in the transaction that assigns it. What has rights or secrets
 * is left to the worker.
 */
export const isImmediate = (execution: RequestedExecution): boolean =>
  execution.is_plain && immediateAction(execution) !== undefined;

/**
 * Runs scheduled executions of immediate actions. Returns those that have ended: a key or a schema
 * may bring a secret, which only a worker redacts. `isByParent`: as for `transition`.
 */
export async function runImmediate(
  transaction: Transaction,
  executions: readonly RequestedExecution[],
  isByParent: boolean,
): Promise<ReadonlySet<number>> {
  if (executions.length === 0) return new Set();
  const ids = executions.map(({ id }) => id);
  const details = await loadAttemptDetails(transaction, ids);
  const attempts = details
    .filter(isWithoutSecrets)
    .map(({ execution, entrypoint, parameters }) => ({
      execution,
      outcome: runAction(transaction, { isShared: true, entrypoint }, parameters),
    }))
    .sort((a, b) => a.execution - b.execution);
  await recordImmediateAttempts(transaction, attempts, isByParent);
  return new Set(attempts.map(({ execution }) => execution));
}

const isWithoutSecrets = ({ secrets, secretOutput, problem, missingConnection, credential }: AttemptDetails): boolean =>
  secrets.length === 0 &&
  (secretOutput ?? null) === null &&
  problem === null &&
  missingConnection === null &&
  credential === null;

/** The outcome of an immediate action, as it is stored. */
export function runAction(transaction: Transaction, action: SharedAction, parameters: JsonObject): AttemptOutcome {
  const { exitCode, stdout, stderr } = immediateAction(action)!(parameters);
  const streams = { stdout: capturedText(stdout), stderr: capturedText(stderr) };
  const exit = exitWithoutProcess({ cause: 'exited', startedAt: 0, finishedAt: 0, exitCode, ...streams });
  const reported = attemptOutcome({ outputFormat: 'text', limit: NO_LIMIT }, exit, null);
  const outcome = boundOutcome(reported, limitsOf(transaction).resultBytes);
  return { ...outcome, result: storableResult(transaction, outcome.result) };
}

/** A child of an immediate action, without anything that only a worker handles. */
export const isImmediateChild = ({ child, action }: ChildToInsert): boolean =>
  child.released &&
  immediateAction(action) !== undefined &&
  child.secrets === null &&
  (child.permissionSetRefs ?? action.permissionSetRefs).length === 0 &&
  Object.values(child.placement).every((value) => value === null || value === undefined);
