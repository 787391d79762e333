import type { Faults } from '../../fault';

/** Which target a run of the suite accepts, and what it counts as proven. */
export const TARGET_FAULTS: Faults = {
  F1100: {
    promise: 'a run rejects a platform other than the one that PLATFORM_EXPECT_STACK names',
    file: '../helpers/target/require-instance.ts',
    within: 'requireInstance',
    find: 'const expected = named ?? file?.instance_id ?? null;',
    replace: 'const expected = file?.instance_id ?? null;',
    claims: ['S0-09'],
  },
  F1101: {
    promise: 'a wait ends when another instance responds',
    file: '../helpers/scenario/target-watch.ts',
    within: 'readResponse',
    find: 'found === instanceId',
    replace: 'found !== null',
    claims: ['S0-10'],
  },
  F1102: {
    promise: 'a refused login names the settings that were read',
    file: '../helpers/target/obtain-target.ts',
    within: 'logInForTests',
    find: 'error.status !== 401',
    replace: 'error.status !== 403',
    claims: ['S0-36'],
  },
  F1103: {
    promise: 'a run without a proven test is not a pass',
    file: '../helpers/jest/run-verdict.ts',
    within: 'evaluateRun',
    find: 'counts.passed === 0',
    replace: 'counts.passed < 0',
    claims: ['S0-38'],
  },
  F1104: {
    promise: 'a target that does not respond is never replaced by a platform of the suite',
    file: '../helpers/target/obtain-target.ts',
    within: 'obtainTarget',
    find: 'attachTarget(address, running, env)',
    replace: 'attachTarget(address, running, env).catch(() => startTarget())',
    claims: ['S1-37'],
  },
};
