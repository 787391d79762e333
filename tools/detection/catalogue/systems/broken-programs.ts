import type { Faults } from '../../fault';

/** Programs that cannot be loaded or started. */
export const BROKEN_PROGRAM_FAULTS: Faults = {
  F1232: {
    promise: 'a missing interpreter is not taken for a missing permission',
    file: 'outcomes/start-failure.ts',
    within: 'execFailure',
    find: 'known === undefined',
    replace: `known === undefined || errno === 'ENOENT'`,
    claims: ['S3-23'],
  },
  F1233: {
    promise: 'a program without the permission to execute it is named',
    file: 'worker/runtimes/native.ts',
    within: 'nativeRuntime',
    find: `codedFailure('ACTION_NOT_EXECUTABLE', attempt.entrypoint, 'it is not executable: chmod +x')`,
    replace: `path`,
    claims: ['S3-23'],
  },
};
