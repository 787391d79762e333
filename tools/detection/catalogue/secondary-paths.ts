import type { Fault } from '../fault';

/**
 * On the paths beside the first one: an update after the create, the file of a pack, a program's
 * token, a second right, a retry.
 */
export const SECONDARY_PATH_FAULTS: readonly Fault[] = [
  {
    id: 'F2591',
    promise: 'a rule of a pack file has the permission sets that the file names',
    file: 'packs/save/rules.ts',
    within: 'ruleSaver',
    find: 'permission_set_refs: file.permissionSetRefs && [...file.permissionSetRefs]',
    replace: 'permission_set_refs: null',
    claims: ['T3.27c'],
  },
  {
    id: 'F2599',
    promise: 'a grant with two attributes covers who has both',
    file: 'auth/constraints.ts',
    within: 'haveAttributes',
    find: 'Object.entries(expected).every(([name, value]) => isDeepStrictEqual(attributes[name], value))',
    replace: 'Object.entries(expected).some(([name, value]) => isDeepStrictEqual(attributes[name], value))',
    claims: ['T3.33f'],
  },
  {
    id: 'F2617',
    promise: 'a workflow of a pack file has its output schema as an action, too',
    file: 'packs/save/components.ts',
    within: 'saveStandaloneWorkflow',
    find: 'out_schema: jsonOrNull(file.outSchema)',
    replace: 'out_schema: null',
    claims: ['T3.27c'],
  },
  {
    id: 'F2620',
    promise: 'a grant for a pack opens the keys of its actions and sensors',
    file: 'auth/key-rights.ts',
    within: 'keyTarget',
    find: 'packRef: key.owning_pack_ref',
    replace: 'packRef: key.owner_pack_ref',
    claims: ['T3.33f'],
  },
  {
    id: 'F2609',
    promise: 'of the workers that fit, one with a preferred label is chosen',
    file: 'executor/dispatch/placement.ts',
    within: 'placeExecution',
    find: 'untoleratedCount(a) - untoleratedCount(b) || weight(b) - weight(a) || load(a) - load(b) || a.id - b.id',
    replace: 'untoleratedCount(a) - untoleratedCount(b) || load(a) - load(b) || a.id - b.id',
    claims: ['T3.39a'],
  },
  {
    id: 'F2613',
    promise: 'cancelled executions count among those that ended',
    file: 'store/records/analytics.ts',
    within: 'countEnds',
    find: "status in ('completed', 'failed', 'cancelled', 'timeout', 'abandoned')",
    replace: "status in ('completed', 'failed', 'timeout', 'abandoned')",
    claims: ['T3.32h'],
  },
  {
    id: 'F2621',
    promise: 'a worker with a label of the anti-affinity is not chosen',
    file: 'executor/dispatch/affinity.ts',
    within: 'matchesAffinity',
    find: 'required.every((term) => matchesTerm(labels, term)) && !anti_affinity.some((term) => matchesTerm(labels, term))',
    replace: 'required.every((term) => matchesTerm(labels, term))',
    claims: ['T3.39a'],
  },
  {
    id: 'F2622',
    promise: 'the failure rate is a percentage',
    file: 'api/records/analytics.ts',
    within: 'failureRate',
    find: '((failed + timeout) / total) * 100',
    replace: '(failed + timeout) / total',
    claims: ['T3.32h'],
  },
];
