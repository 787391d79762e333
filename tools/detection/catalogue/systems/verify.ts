import type { Faults } from '../../fault';

/** Roles of processes, and what a verification needs of its stack. */
export const VERIFY_FAULTS: Faults = {
  F1354: {
    promise: 'a file that git does not track is part of a change',
    file: '../cli/git/changed-files.ts',
    within: 'changedFiles',
    find: '[...paths(different), ...untracked]',
    replace: 'paths(different)',
    claims: ['S0-41'],
  },
  F1355: {
    promise: 'a loop covers the programs of the actions that its workflow names',
    file: '../cli/verify/changed/covered-files.ts',
    within: 'isCovered',
    find: '[...used.keys()].some(({ files }) => files.includes(file))',
    replace: 'false',
    claims: ['S0-41'],
  },
  F1358: {
    promise: 'a verification that fails shows what the failed program wrote to stderr',
    file: '../cli/verify/failed-runs.ts',
    within: 'failedRuns',
    find: 'node.stderr_tail.trim()',
    replace: `''`,
    claims: ['S0-03'],
  },
  F1200: {
    promise: 'a process runs the roles that it is given, and no other one',
    file: 'start/main.ts',
    within: 'PlatformStart.has',
    find: 'this.settings.roles.includes(role)',
    replace: 'this.settings.roles.includes(role) || role.length > 3',
    claims: ['S0-02'],
  },
  F1201: {
    promise: 'a stack without an executor is not a busy one',
    file: '../cli/verify/run-to-end.ts',
    within: 'requireStart',
    find: 'missing.length > 0',
    replace: 'missing.length > 1',
    claims: ['S0-02'],
  },
  F1205: {
    promise: 'an action that the index does not have is drift',
    file: 'packs/registries/pack-index.ts',
    within: 'differingFiles',
    find: '[file]',
    replace: '[]',
    claims: ['S0-06'],
  },
  F1206: {
    promise: 'the index has the digest of the file of each action',
    file: 'packs/registries/pack-index.ts',
    within: 'differences',
    find: "hasOther('digest')",
    replace: "hasOther('entry')",
    claims: ['S0-06'],
  },
};
