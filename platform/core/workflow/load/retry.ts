import type { Backoff, Retry } from '../types';
import { fieldsOf, shapeError, valueError, type Fields } from './fields';

const BACKOFFS: readonly Backoff[] = ['constant', 'linear', 'exponential'];
const MOST_RETRIES = 100;

/** Seconds of the document to whole milliseconds. */
const ms = (seconds: number): number => Math.round(seconds * 1_000);

export function parseRetry(task: Fields): Retry | null {
  const map = task.mapping('retry');
  if (map === null) return null;
  const fields = fieldsOf(map, task.at('retry'));
  const count = fields.count('count');
  if (count === null) throw shapeError('must have a count', fields.path);
  if (count < 1 || count > MOST_RETRIES) throw valueError(`must be 1 to ${MOST_RETRIES}`, fields.at('count'));
  const longest = fields.amount('max_delay');
  return {
    count,
    delayMs: ms(fields.amount('delay') ?? 0),
    backoff: backoffOf(fields),
    maxDelayMs: longest === null ? null : ms(longest),
    jitter: jitterOf(fields),
    onError: fields.text('on_error'),
  };
}

function jitterOf(fields: Fields): number {
  const jitter = fields.amount('jitter') ?? 0;
  if (jitter > 1) throw valueError('must be 0 to 1', fields.at('jitter'));
  return jitter;
}

function backoffOf(fields: Fields): Backoff {
  const word = fields.text('backoff') ?? 'constant';
  const backoff = BACKOFFS.find((known) => known === word);
  if (!backoff) throw shapeError(`must be one of ${BACKOFFS.join(', ')}`, fields.at('backoff'));
  return backoff;
}
