import type { Fault } from '../fault';

/** Ways beside the usual one, which no claim had. */
export const UNSEEN_WAY_FAULTS: readonly Fault[] = [
  {
    id: 'F3339',
    promise: 'the output of a stopped Python program is not lost',
    file: 'worker/runtimes/python.ts',
    within: 'pythonRuntime',
    find: "['-u', file]",
    replace: "['-B', file]",
    claims: ['T1.8j'],
  },
];
