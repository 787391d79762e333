import { FilterError, parseFilter, type SubscriptionFilter } from './subscription-filter';
import { parseJsonText } from '../../contract/json-text/parse-json-text';
import { writeJson } from '../../contract/json-text/write-json';

/** A message of a client. A ping has no response. */
export type ClientCommand =
  | { readonly type: 'subscribe' | 'unsubscribe'; readonly filter: SubscriptionFilter }
  | { readonly type: 'ping' };

/** A message that the protocol does not define. */
class MessageError extends Error {
  override readonly name = 'MessageError';
}

const MESSAGE_FORM = 'give {"type":"subscribe"|"unsubscribe","filter":…} or {"type":"ping"}';

/** Parses one text frame. MessageError or FilterError, whose text names the valid forms. */
export function parseCommand(text: string, extensions: boolean): ClientCommand {
  const message = parseObject(text);
  const type = message.type;
  if (type === 'ping') return { type: 'ping' };
  if (type === 'subscribe' || type === 'unsubscribe') return { type, filter: parseFilter(message.filter, extensions) };
  throw new MessageError(`a message needs a type that is known: ${MESSAGE_FORM}`);
}

function parseObject(text: string): Record<string, unknown> {
  let message: unknown;
  try {
    message = parseJsonText(text);
  } catch {
    throw new MessageError(`a message must be JSON: ${MESSAGE_FORM}`);
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw new MessageError(`a message must be an object: ${MESSAGE_FORM}`);
  return message as Record<string, unknown>;
}

/** The text for the client; null where the error is not the client's. */
export const clientErrorMessage = (error: unknown): string | null =>
  error instanceof MessageError || error instanceof FilterError ? error.message : null;

/** A row of `notification_log`. */
export interface NotificationRecord {
  readonly tenant: number;
  readonly type: string;
  readonly entityType: string;
  readonly entity: number;
  readonly owner: number | null;
  /** JSON text. */
  readonly payload: string;
  readonly created: string;
}

/** The frame of a notification, the same for all its subscribers. */
export const notificationFrame = ({ type, entityType, entity, payload, created }: NotificationRecord): Buffer =>
  Buffer.from(
    `{"type":"notification","notification_type":"${type}","entity_type":"${entityType}","entity_id":${entity},` +
      `"user_id":null,"payload":${payload},"timestamp":"${created}"}`,
  );

export const welcomeFrame = (client: string): string =>
  writeJson({ type: 'welcome', client_id: client, message: 'Connected to the notifier' });

export const errorFrame = (message: string): string => writeJson({ type: 'error', message });
