import { writeJson } from '../../../contract/json-text/write-json';
import { shortened } from '../../shortened';

export const MARK = '***';
/** Of a whole body, characters. */
const MOST_CHARACTERS = 1_500;
const MOST_TEXT_CHARACTERS = 200;
const MOST_ITEMS = 5;

const SECRET_MEMBER = /password|passphrase|secret|token|credential|api_?key|signing_key|authorization/i;

/**
 * The body of a request or response as one line of a bounded size: long texts and lists are cut,
 * and members whose names say that they are secret are `***`. Null: there is no body.
 */
export function foldedText(body: unknown): string | null {
  if (body === undefined || body === null || body === '') return null;
  if (body instanceof FormData) return `a form: ${[...body.keys()].join(', ')}`;
  return shortened(typeof body === 'string' ? body : writeJson(folded(body)), MOST_CHARACTERS);
}

function folded(value: unknown): unknown {
  if (typeof value === 'string') return shortened(value, MOST_TEXT_CHARACTERS);
  if (Array.isArray(value)) {
    const items = value.slice(0, MOST_ITEMS).map(folded);
    return value.length > MOST_ITEMS ? [...items, `… ${value.length - MOST_ITEMS} more`] : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const isSecret = secretMembers(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isSecret(name, member) ? MARK : folded(member)]),
  );
}

/** Which members of an object are secret by their names, or as the value of an encrypted key. */
export function secretMembers(value: object): (name: string, member: unknown) => boolean {
  const isEncrypted = 'encrypted' in value && value.encrypted === true;
  return (name, member) =>
    (SECRET_MEMBER.test(name) && typeof member === 'string') || (isEncrypted && name === 'value');
}
