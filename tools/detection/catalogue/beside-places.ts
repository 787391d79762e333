import type { Faults } from '../fault';

/** A value in another spelling, unit or place than the usual one. */
export const BESIDE_PLACE_FAULTS: Faults = {
  F3429: {
    promise: 'a comparison with a literal on its left is shown from right to left',
    file: 'core/criteria/failed-part.ts',
    within: 'EXCHANGED',
    find: "'<=': '>='",
    replace: "'<=': '<='",
    claims: ['T3.37i'],
  },
};
