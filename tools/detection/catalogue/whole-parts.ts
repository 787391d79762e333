import type { Fault } from '../fault';

/** Faults in what belongs together: a part of criteria, a schema, a list, what workers have. */
export const WHOLE_PART_FAULTS: readonly Fault[] = [
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
