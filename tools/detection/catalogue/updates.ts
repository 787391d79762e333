import type { Faults } from '../fault';

/** Updates of one field: what they lose, and what else they change. */
export const UPDATE_FAULTS: Faults = {
  F2671: {
    promise: 'a rule that gets another action keeps its parameters, which fit it',
    file: 'api/events/rules.ts',
    within: 'updateRuleForCaller',
    find: 'body.action_params ?? stored',
    replace: 'body.action_params ?? {}',
    claims: ['T3.38a'],
  },
  F2672: {
    promise: 'an update of a sensor can name another program',
    file: 'store/events/sensors.ts',
    within: 'updateSensor',
    find: 'entrypoint: change.entrypoint',
    replace: 'entrypoint: undefined',
    claims: ['T3.38a'],
  },
  F2673: {
    promise: 'an update of a key that names no other name keeps it',
    file: 'store/secrets/keys.ts',
    within: 'updateKey',
    find: 'name: change.name ?? row.name',
    replace: 'name: change.name ?? row.ref',
    claims: ['T3.38b'],
  },
  F2674: {
    promise: 'an update of an artifact changes its type of content',
    file: 'store/artifacts/write-artifacts.ts',
    within: 'updateArtifact',
    find: 'content_type: patchedValue(patches.content_type)',
    replace: 'content_type: patchedValue(patches.name)',
    claims: ['T3.38b'],
  },
};
