import type { Faults } from '../../fault';

/** The stored output of programs. */
export const OUTPUT_FAULTS: Faults = {
  F1556: {
    promise: 'output beyond the limit is cut at the limit, and its first part is stored',
    file: 'worker/process/capture.ts',
    within: 'capture',
    find: 'chunk.subarray(0, remainingBytes)',
    replace: 'chunk.subarray(Math.max(0, chunk.length - remainingBytes))',
    claims: ['T3.21a'],
  },
  F1557: {
    promise: 'standard output and standard error are captured apart',
    file: 'worker/process/run-process.ts',
    within: 'captureOutput',
    find: 'onOutput: onOutput?.[name]',
    replace: 'onOutput: onOutput?.stdout',
    claims: ['T3.21b'],
  },
  F1558: {
    promise: 'a last line without end is stored',
    file: 'outcomes/attempt-outcome.ts',
    within: 'streamText',
    find: 'storableText(stream.head) + truncationNotice(stream, name)',
    replace: "storableText(stream.head).replace(/\\n[^\\n]+$/, '\\n') + truncationNotice(stream, name)",
    claims: ['T3.21c'],
  },
  F1559: {
    promise: 'a NUL does not cut the output of a program',
    file: 'outcomes/captured-output.ts',
    within: 'storableText',
    find: `bytes.toString('utf8').replaceAll('\\0', '\\uFFFD')`,
    replace: `bytes.toString('utf8').split('\\0')[0]!`,
    claims: ['T3.21d'],
  },
};
