import { writeJson } from '../../contract/json-text/write-json';
import { MARK, secretMembers } from '../scenario/evidence/folded-text';

/** Of a document and of a text in it, characters. */
const MOST = { document: 10_000, text: 2_000 };
const DEEPEST = 40;

/**
 * A document as JSON of a bounded size, in which members that are secret by their names are `***`.
 * What is left out is stated in its place.
 */
export function shownDocument(document: unknown): string {
  let left = MOST.document;
  const shown = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return shownText(value);
    if (typeof value !== 'object' || value === null) return counted(value);
    if (depth > DEEPEST) return '… deeper values';
    return Array.isArray(value) ? shownList(value, depth) : shownMap(value, depth);
  };
  const counted = <T>(value: T): T => {
    left -= writeJson(value).length + 1;
    return value;
  };
  const shownText = (text: string): string => {
    const most = Math.max(0, Math.min(MOST.text, left));
    return counted(text.length <= most ? text : `${text.slice(0, most)}… (${text.length} characters)`);
  };
  const shownList = (list: readonly unknown[], depth: number): unknown[] => {
    const items: unknown[] = [];
    for (const item of list) {
      if (left <= 0) return [...items, `… ${list.length - items.length} more`];
      items.push(shown(item, depth + 1));
    }
    return items;
  };
  const shownMap = (map: object, depth: number): object => {
    const isSecret = secretMembers(map);
    const members: [string, unknown][] = [];
    const all = Object.entries(map);
    for (const [name, member] of all) {
      if (left <= 0) return Object.fromEntries([...members, ['…', `${all.length - members.length} more`]]);
      members.push([counted(name), isSecret(name, member) ? MARK : shown(member, depth + 1)]);
    }
    return Object.fromEntries(members);
  };
  return writeJson(shown(document, 0));
}
