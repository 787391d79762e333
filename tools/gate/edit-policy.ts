import { isMap, isSeq, parseDocument } from 'yaml';
import type { Check } from './policy';

/** The keys that a change of state sets or removes. */
const CHANGING = ['state', 'promoted', 'quarantine'] as const;

/** The text of a policy file with this check in its new state; comments and order stay. */
export function replaceCheck(text: string, check: Check): string {
  const document = parseDocument(text);
  const checks = document.get('checks');
  if (!isSeq(checks)) throw new Error('the policy has no list of checks');
  const item = checks.items.find((each) => isMap(each) && each.get('id') === check.id);
  if (!isMap(item)) throw new Error(`the policy has no check ${check.id}`);
  for (const key of CHANGING) {
    if (check[key] === undefined) item.delete(key);
    else item.set(key, document.createNode(check[key]));
  }
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
