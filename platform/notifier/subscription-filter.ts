import { ENTITY_TYPES, EXTENSION_NOTIFICATIONS, NOTIFICATION_TYPES } from '../../contract/notifications';

/** The part of a notification that filters select by. */
interface NotificationSubject {
  readonly type: string;
  readonly entityType: string;
  readonly entity: number;
}

/** A filter that cannot be parsed. The message names the valid forms. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

export type SubscriptionFilter = { readonly key: string; readonly user: number | null };

const FILTER_FORMS = 'all, entity_type:<type>, entity:<type>:<id>, notification_type:<type> or user:<identity id>';
const MAX_SHOWN_CHARACTERS = 200;

/**
 * Parses a filter; `matchingFilterKeys` has its key for what it selects. Throws FilterError, also
 * for a type that this platform does not send.
 */
export function parseFilter(text: unknown, extensions: boolean): SubscriptionFilter {
  const isSent = (type: string) => extensions || !EXTENSION_NOTIFICATIONS.includes(type);
  const entityTypes = ENTITY_TYPES.filter(isSent);
  if (typeof text !== 'string') throw new FilterError(`filter must be a text: give ${FILTER_FORMS}`);
  const shown = text.length > MAX_SHOWN_CHARACTERS ? `${text.slice(0, MAX_SHOWN_CHARACTERS)}…` : text;
  const [form = '', first = '', second, ...more] = text.split(':');
  const hasOneArgument = second === undefined && more.length === 0;
  if (text === 'all') return { key: text, user: null };
  if (form === 'entity_type' && hasOneArgument)
    return { key: requireKnownName(text, 'entity type', first, entityTypes), user: null };
  if (form === 'notification_type' && hasOneArgument)
    return { key: requireKnownName(text, 'notification type', first, NOTIFICATION_TYPES.filter(isSent)), user: null };
  if (form === 'entity' && second !== undefined && more.length === 0) {
    requireKnownName(text, 'entity type', first, entityTypes);
    if (isId(second)) return { key: `entity:${first}:${Number(second)}`, user: null };
  }
  if (form === 'user' && hasOneArgument && isId(first)) return { key: `user:${Number(first)}`, user: Number(first) };
  throw new FilterError(`"${shown}" is no filter: give ${FILTER_FORMS}`);
}

const isId = (text: string): boolean => /^\d{1,15}$/.test(text);

function requireKnownName(text: string, kind: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return text;
  throw new FilterError(
    `there is no ${kind} "${name.slice(0, MAX_SHOWN_CHARACTERS)}": give one of ${known.join(', ')}`,
  );
}

/** Keys of all filters that select the notification. A `user` filter selects none. */
export const matchingFilterKeys = ({ type, entityType, entity }: NotificationSubject): readonly string[] => [
  'all',
  `entity_type:${entityType}`,
  `entity:${entityType}:${entity}`,
  `notification_type:${type}`,
];
