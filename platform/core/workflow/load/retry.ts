import { MAX_TIMEOUT_SECONDS } from '../../../../contract/inquiries';
import type { Backoff, RetryPolicy } from '../definition';
import { definitionFields, shapeError, valueError, type DefinitionFields } from './definition-fields';

const BACKOFFS: readonly Backoff[] = ['constant', 'linear', 'exponential'];
const MAX_RETRIES = 100;

/** Of seconds, in whole ms; null: not given. */
function parseDelay(fields: DefinitionFields, key: 'delay' | 'max_delay'): number | null {
  const seconds = fields.amount(key);
  if (seconds === null) return null;
  if (seconds > MAX_TIMEOUT_SECONDS) throw valueError(`must be at most ${MAX_TIMEOUT_SECONDS}`, fields.pathOf(key));
  return Math.round(seconds * 1_000);
}

export function parseRetry(task: DefinitionFields): RetryPolicy | null {
  const map = task.mapping('retry');
  if (map === null) return null;
  const fields = definitionFields(map, task.pathOf('retry'));
  const count = fields.count('count');
  if (count === null) throw shapeError('must have a count', fields.path);
  if (count < 1 || count > MAX_RETRIES) throw valueError(`must be 1 to ${MAX_RETRIES}`, fields.pathOf('count'));
  return {
    count,
    delayMs: parseDelay(fields, 'delay') ?? 0,
    backoff: parseBackoff(fields),
    maxDelayMs: parseDelay(fields, 'max_delay'),
    jitter: parseJitter(fields),
    onError: fields.text('on_error'),
  };
}

function parseJitter(fields: DefinitionFields): number {
  const jitter = fields.amount('jitter') ?? 0;
  if (jitter > 1) throw valueError('must be 0 to 1', fields.pathOf('jitter'));
  return jitter;
}

function parseBackoff(fields: DefinitionFields): Backoff {
  const value = fields.text('backoff') ?? 'constant';
  const backoff = BACKOFFS.find((known) => known === value);
  if (!backoff) throw shapeError(`must be one of ${BACKOFFS.join(', ')}`, fields.pathOf('backoff'));
  return backoff;
}
