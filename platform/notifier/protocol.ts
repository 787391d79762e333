import { FilterError, readFilter, type Filter } from './filter';

/** What a client asks for. A ping is not answered. */
export type Command = { readonly is: 'subscribe' | 'unsubscribe'; readonly filter: Filter } | { readonly is: 'ping' };

/** A message that is none of ours. */
export class MessageError extends Error {
  override readonly name = 'MessageError';
}

const FORM = 'give {"type":"subscribe"|"unsubscribe","filter":…} or {"type":"ping"}';

/** Reads one text frame. Throws MessageError or FilterError with what would be right. */
export function readCommand(text: string): Command {
  const message = parsed(text);
  const type = message.type;
  if (type === 'ping') return { is: 'ping' };
  if (type === 'subscribe' || type === 'unsubscribe') return { is: type, filter: readFilter(message.filter) };
  throw new MessageError(`a message needs a type that is known: ${FORM}`);
}

function parsed(text: string): Record<string, unknown> {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new MessageError(`a message must be JSON: ${FORM}`);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw new MessageError(`a message must be an object: ${FORM}`);
  return message as Record<string, unknown>;
}

/** What was wrong with a message, null where it is our own fault. */
export const complaintOf = (error: unknown): string | null =>
  error instanceof MessageError || error instanceof FilterError ? error.message : null;

/** What the reader of the feed hands over: a row of `notification_log`. */
export interface Told {
  readonly tenant: number;
  readonly type: string;
  readonly entityType: string;
  readonly entity: number;
  readonly owner: number | null;
  /** JSON text. */
  readonly payload: string;
  readonly created: string;
}

/** The frame of a notification, made once for all its subscribers. */
export const frameOf = ({ type, entityType, entity, payload, created }: Told): Buffer =>
  Buffer.from(
    `{"type":"notification","notification_type":"${type}","entity_type":"${entityType}","entity_id":${entity},` +
      `"user_id":null,"payload":${payload},"timestamp":"${created}"}`,
  );

export const welcomeOf = (client: string): string =>
  JSON.stringify({ type: 'welcome', client_id: client, message: 'Connected to the notifier' });

export const errorFrame = (message: string): string => JSON.stringify({ type: 'error', message });
