import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';

const ACK_STATUSES = ['completed', 'retry', 'failed', 'skipped'] as const;
export type AckStatus = (typeof ACK_STATUSES)[number];

/** What an action reports of one item. */
export interface ItemAck {
  readonly id: number;
  readonly status: AckStatus;
  readonly summary?: Json;
  readonly error?: string;
}

export type AckVerdict =
  | { readonly is: 'valid'; readonly items: readonly ItemAck[] }
  | { readonly is: 'invalid'; readonly code: 'QUEUE_ACK_MISSING' | 'QUEUE_ACK_INVALID'; readonly message: string };

/** The acknowledgement in the result of an execution; undefined: it has none. */
export function ackInResult({ queue_ack, data, stdout }: JsonObject): Json | undefined {
  if (queue_ack !== undefined) return queue_ack;
  if (isObject(data)) return Object.hasOwn(data, 'queue_ack') ? data.queue_ack : undefined;
  if (typeof stdout !== 'string') return undefined;
  const output = parse(stdout) ?? parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return isObject(output) ? output.queue_ack : undefined;
}

function parse(text: string): Json | undefined {
  try {
    return parseJsonText(text) as Json;
  } catch {
    return undefined;
  }
}

/** An acknowledgement is valid where it names exactly the leased items, each once. */
export function evaluateAck(ack: Json | undefined, leased: readonly number[], version: number): AckVerdict {
  if (ack === undefined) {
    return { is: 'invalid', code: 'QUEUE_ACK_MISSING', message: 'the output has no queue_ack' };
  }
  if (!isObject(ack)) return invalid('queue_ack must be an object');
  const unknown = unknownKey(ack, ['version', 'items']);
  if (unknown !== undefined) return invalid(`queue_ack.${unknown} is unknown`);
  if ((ack.version ?? 1) !== version) return invalid(`queue_ack.version must be ${version}`);
  if (!Array.isArray(ack.items)) return invalid('queue_ack.items must be a list');
  const items: ItemAck[] = [];
  for (const [at, item] of ack.items.entries()) {
    const problem = itemProblem(item, leased, items);
    if (problem !== null) return invalid(`queue_ack.items[${at}] ${problem}`);
    items.push(item as unknown as ItemAck);
  }
  const missing = leased.filter((id) => !items.some((item) => item.id === id));
  if (missing.length > 0) return invalid(`queue_ack.items lacks ${missing.join(', ')}`);
  return { is: 'valid', items };
}

function itemProblem(item: Json, leased: readonly number[], earlier: readonly ItemAck[]): string | null {
  if (!isObject(item)) return 'must be an object';
  const unknown = unknownKey(item, ['id', 'status', 'summary', 'error']);
  if (unknown !== undefined) return `has the unknown key ${unknown}`;
  const { id, status, error } = item;
  if (typeof id !== 'number' || !leased.includes(id)) return 'is not one of the leased items';
  if (earlier.some((other) => other.id === id)) return 'is a second acknowledgement of its item';
  if (!ACK_STATUSES.some((known) => known === status)) return `must have a status of ${ACK_STATUSES.join(', ')}`;
  return error === undefined || error === null || typeof error === 'string' ? null : 'must have a text as error';
}

const unknownKey = (value: JsonObject, known: readonly string[]): string | undefined =>
  Object.keys(value).find((name) => !known.includes(name));

const invalid = (message: string): AckVerdict => ({ is: 'invalid', code: 'QUEUE_ACK_INVALID', message });

/** An item that is to be tried again fails once its attempts exceed the limit. */
export const effectiveStatus = (status: AckStatus, attempts: number, retryLimit: number): AckStatus =>
  status === 'retry' && attempts > retryLimit ? 'failed' : status;
