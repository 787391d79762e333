import type { Faults } from '../../fault';

/** Replays of finished executions on another version of their workflow. */
export const REPLAY_FAULTS: Faults = {
  F1468: {
    promise: 'a replay compares no secret',
    file: 'core/workflow/replay/compare.ts',
    within: 'compare',
    find: 'taint === true || isRedactionMarker(expected) || isRedactionMarker(actual)',
    replace: 'false',
    claims: ['S0-42'],
  },
  F1471: {
    promise: 'a replay stops where a secret decides',
    file: 'core/template/condition.ts',
    within: 'decisive',
    find: 'holdsSecret(value.taint)',
    replace: 'false',
    claims: ['S0-42'],
  },
};
