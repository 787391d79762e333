import type { Faults } from '../../fault';

/** Tests of packs: what they decide, what they are given, and what is kept of them. */
export const PACK_TEST_FAULTS: Faults = {
  F1514: {
    promise: 'the tests of a pack run before it is registered',
    file: 'packs/storage/pack-storage.ts',
    within: 'testCopy',
    find: 'testFiles === undefined',
    replace: 'testFiles !== undefined',
    claims: ['S0-63', 'S0-64'],
  },
  F1518: {
    promise: 'the result of the tests is recorded with the pack',
    file: 'packs/storage/pack-storage.ts',
    within: 'installPack',
    find: 'testResult !== null',
    replace: 'testResult === undefined',
    claims: ['S0-63', 'S0-64'],
  },
};
