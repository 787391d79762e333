import type { Fault } from '../fault';

/** Faults in what belongs together: a part of criteria, a schema, a list, what workers have. */
export const WHOLE_PART_FAULTS: readonly Fault[] = [
  {
    id: 'F3306',
    promise: 'a keyword after a dot is the name of a field, which divides no part of criteria',
    file: 'core/criteria/deciding-part.ts',
    within: 'splitAtKeyword',
    find: "depth > 0 || token.kind !== 'keyword' || token.text !== keyword || isDot(tokens[at - 1])",
    replace: "depth > 0 || token.kind !== 'keyword' || token.text !== keyword",
    claims: ['T2.5i'],
  },
  {
    id: 'F3307',
    promise: 'a keyword after the text of a dot divides criteria as any other',
    file: 'core/criteria/deciding-part.ts',
    within: 'isDot',
    find: "token?.kind === 'sign' && token.text === '.'",
    replace: "token?.text === '.'",
    claims: ['T2.5i'],
  },
  {
    id: 'F3308',
    promise: 'a field of the elements of a list is required as its schema says, in the flat form',
    file: 'core/schema/flat-schema.ts',
    within: 'propertyToJsonSchema',
    find: '...(isObject(items) && { items: propertyToJsonSchema(items) })',
    replace: '...(isObject(items) && { items })',
    claims: ['T2.6f'],
  },
  {
    id: 'F3316',
    promise: 'a rerun takes a reference that was published over for those who may read the key',
    file: 'executor/workflows/prepare-rerun.ts',
    within: 'withReadableKeys',
    find: 'published: end.published.map((each) => ({ ...each, taint: mapConnections(each.taint, keyOf) }))',
    replace: 'published: end.published',
    claims: ['T2.25y'],
  },
  {
    id: 'F3317',
    promise: 'a rerun keeps the reference in a parameter for those who may read the key',
    file: 'api/executions/caller-connections.ts',
    within: 'keptConnections',
    find: 'commonConnections(written, await readableConnections(transaction, caller, references))',
    replace: 'written',
    claims: ['T2.25y'],
  },
];
