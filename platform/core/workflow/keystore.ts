import { referencesTo, type References } from '../template/references';
import type { Definition, Task } from './types';

/** Names of keys that the expressions of a workflow take by `keystore.<name>`; `all` where they are computed. */
export function keystoreReferences({ tasks, outputMap }: Definition): References {
  const all = [...tasks.values()];
  return referencesTo('keystore', [outputMap, ...all.flatMap(textsOf)], all.flatMap(conditionsOf));
}

const textsOf = ({ action, input, withItems, next, permissionSetRefs, placement }: Task) => [
  ...[action, input, withItems, permissionSetRefs, placement],
  ...next.flatMap(({ publish }) => publish.map(({ value }) => value)),
];

const conditionsOf = ({ when, retry, next }: Task): string[] =>
  [when, retry?.onError ?? null, ...next.map((transition) => transition.when)].filter((text) => text !== null);
