import type { JsonObject } from '../../../../contract/json';
import { RETRIABLE } from '../../../../contract/status';
import { ExpressionError } from '../expressions/evaluator/expression-error';
import { ModelError } from './model-error';
import { logStep } from './log';
import { viewOf } from './results';
import type { ChildRun } from './state';
import { outcomeOf, scopeOf, statusOf } from './outcome';
import { isConditionTrue } from '../expressions/evaluator/template';

export const retryCount = (retry: JsonObject | undefined): number => numberIn(retry, 'count') ?? 0;

const numberIn = (retry: JsonObject | undefined, key: string): number | null =>
  typeof retry?.[key] === 'number' ? retry[key] : null;

export function mayRetry(child: ChildRun): boolean {
  const { taskRun, status, retry } = child;
  if (!RETRIABLE.includes(status) || child.code !== null) return false;
  return retry < retryCount(taskRun.task.retry) && isAllowed(child);
}

/** `on_error`; one that cannot be evaluated is a warning. */
function isAllowed(child: ChildRun): boolean {
  const { taskRun, result, status, index } = child;
  const condition = taskRun.task.retry?.on_error;
  if (typeof condition !== 'string') return true;
  const outcome = outcomeOf({ ...taskRun, status: statusOf([child]) });
  try {
    return isConditionTrue(condition, scopeOf(taskRun.run, { result: viewOf(result, status), outcome }));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    logStep(taskRun, 'WARNING', index, { on_error: condition, hasReason: true });
    return true;
  }
}

const FACTORS: Readonly<Record<string, (n: number) => number>> = {
  constant: () => 1,
  linear: (n) => n,
  exponential: (n) => 2 ** (n - 1),
};

/** Before retry `n`, 1 the first; seconds. Throws ModelError where only the jitter decides it. */
export function retryDelay(retry: JsonObject | undefined, n: number): number {
  const backoff = typeof retry?.backoff === 'string' ? retry.backoff : 'constant';
  const delay = (numberIn(retry, 'delay') ?? 0) * FACTORS[backoff]!(n);
  const cap = numberIn(retry, 'max_delay') ?? Infinity;
  const jitter = numberIn(retry, 'jitter') ?? 0;
  if (jitter > 0 && delay > 0 && delay * (1 - jitter) < cap) throw new ModelError('the jitter decides a delay');
  return Math.min(delay, cap);
}
