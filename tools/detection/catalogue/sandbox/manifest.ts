import type { Faults } from '../../fault';

/** What a repository says about its tests. */
export const MANIFEST_FAULTS: Faults = {
  F1654: {
    promise: 'a manifest has its defaults',
    file: '../tools/sandbox/manifest/parse-manifest.ts',
    within: 'withDefaults',
    find: 'Value.Default(Manifest, { ...rest, health_checks: limited }) as Manifest',
    replace: '{ ...rest, health_checks: limited } as Manifest',
    claims: ['S2-01'],
  },
  F1655: {
    promise: 'a limit of 0 seconds is rejected',
    file: '../tools/sandbox/manifest/manifest.ts',
    within: 'Seconds',
    find: 'minimum: 1',
    replace: 'minimum: 0',
    claims: ['S2-02'],
  },
  F1656: {
    promise: 'a compose file outside the root is rejected, also by a link',
    file: '../tools/sandbox/manifest/read-manifest.ts',
    within: 'expectedInstead',
    find: `isBelow(await realpath(root), target) ? null : 'a link to a file below the root of the repository'`,
    replace: 'null',
    claims: ['S2-02'],
  },
  F1658: {
    promise: 'problems are in the order of the file',
    file: '../tools/sandbox/manifest/read-manifest.ts',
    within: 'inFileOrder',
    find: 'a.line - b.line || a.column - b.column',
    replace: 'b.line - a.line || a.column - b.column',
    claims: ['S2-03'],
  },
  F1659: {
    promise: 'every problem is reported',
    file: '../tools/sandbox/manifest/parse-manifest.ts',
    within: 'schemaProblems',
    find: '[...first.values()]',
    replace: '[...first.values()].slice(0, 1)',
    claims: ['S2-03'],
  },
};
