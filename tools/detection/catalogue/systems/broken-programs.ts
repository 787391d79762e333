import type { Fault } from '../../fault';

/** Programs that cannot be loaded or started. */
export const BROKEN_PROGRAM_FAULTS: readonly Fault[] = [
  {
    id: 'F1230',
    promise: 'an import that ends a program is found',
    file: 'worker/process/run-process.ts',
    within: 'runProcess',
    find: 'program.findImportFailure?.(output.stderr.tail)',
    replace: 'null',
    claims: ['S3-23'],
  },
  {
    id: 'F1231',
    promise: 'a text that a program prints is not taken for an import that failed',
    file: 'worker/runtimes/import-failure.ts',
    within: 'pythonImportFailure',
    find: `start === -1 || !FRAME_OF_MODULE.test(first) || !others.every((line) => line.startsWith('  '))`,
    replace: `others.length < 0`,
    claims: ['S3-23'],
  },
  {
    id: 'F1232',
    promise: 'a missing interpreter is not taken for a missing permission',
    file: 'outcomes/start-failure.ts',
    within: 'execFailure',
    find: 'known === undefined',
    replace: `known === undefined || errno === 'ENOENT'`,
    claims: ['S3-23'],
  },
  {
    id: 'F1233',
    promise: 'a program without the permission to execute it is named',
    file: 'worker/runtimes/native.ts',
    within: 'nativeRuntime',
    find: `codedFailure('ACTION_NOT_EXECUTABLE', attempt.entrypoint, 'it is not executable: chmod +x')`,
    replace: `path`,
    claims: ['S3-23'],
  },
];
