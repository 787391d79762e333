import { ENTITY_TYPES, NOTIFICATION_TYPES } from '../../contract/notifications';

/** What a notification is found by: the keys of the filters that it meets. */
export interface Subject {
  readonly type: string;
  readonly entityType: string;
  readonly entity: number;
}

/** A filter that says nothing. The message tells what would be right. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

export type Filter = { readonly key: string; readonly user: number | null };

const FORMS = 'all, entity_type:<type>, entity:<type>:<id>, notification_type:<type> or user:<identity id>';
const LONGEST = 200;

/** Reads a filter; its key is one of those that `keysOf` gives a notification. Throws FilterError. */
export function readFilter(text: unknown): Filter {
  if (typeof text !== 'string') throw new FilterError(`filter must be a text: give ${FORMS}`);
  const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  const [form = '', first = '', second, ...more] = text.split(':');
  const isBare = second === undefined && more.length === 0;
  if (text === 'all') return { key: text, user: null };
  if (form === 'entity_type' && isBare) return { key: keyOf(text, 'entity type', first, ENTITY_TYPES), user: null };
  if (form === 'notification_type' && isBare)
    return { key: keyOf(text, 'notification type', first, NOTIFICATION_TYPES), user: null };
  if (form === 'entity' && second !== undefined && more.length === 0) {
    keyOf(text, 'entity type', first, ENTITY_TYPES);
    if (isId(second)) return { key: `entity:${first}:${Number(second)}`, user: null };
  }
  if (form === 'user' && isBare && isId(first)) return { key: `user:${Number(first)}`, user: Number(first) };
  throw new FilterError(`"${shown}" is no filter: give ${FORMS}`);
}

const isId = (text: string): boolean => /^\d{1,15}$/.test(text);

function keyOf(text: string, what: string, name: string, known: readonly string[]): string {
  if (known.includes(name)) return text;
  throw new FilterError(`there is no ${what} "${name.slice(0, LONGEST)}": give one of ${known.join(', ')}`);
}

/** No notification is about a user: those filters match nothing. */
export const keysOf = ({ type, entityType, entity }: Subject): readonly string[] => [
  'all',
  `entity_type:${entityType}`,
  `entity:${entityType}:${entity}`,
  `notification_type:${type}`,
];
