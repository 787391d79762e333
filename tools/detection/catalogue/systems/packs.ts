import type { Faults } from '../../fault';

/** Packs before they are registered, and their archives. */
export const PACK_FAULTS: Faults = {
  F1590: {
    promise: 'a dependency that is there in another version is a conflict',
    file: 'core/packs/dependencies.ts',
    within: 'resolveDependencies',
    find: 'presentVersion !== null && satisfies(presentVersion, range, { includePrerelease: true })',
    replace: 'presentVersion !== null',
    claims: ['S0-57'],
  },
  F1591: {
    promise: 'a dependency that is not there is missing',
    file: 'packs/sources/analyze-dependencies.ts',
    within: 'analyzeDependencies',
    find: 'required[at]!.presentVersion === null',
    replace: 'required[at]!.presentVersion !== null',
    claims: ['S0-57'],
  },
  F1592: {
    promise: 'an archive has the files in every directory of a pack',
    file: 'packs/storage/archive-pack.ts',
    within: 'archivePack',
    find: 'readdir(storage, { recursive: true })',
    replace: 'readdir(storage)',
    claims: ['S0-58'],
  },
  F1593: {
    promise: 'the same files give the same archive',
    file: 'packs/storage/archive-pack.ts',
    within: 'archivePack',
    find: 'mtime: MTIME',
    replace: 'mtime: new Date(performance.now() * 1e6)',
    claims: ['S0-58'],
  },
};
