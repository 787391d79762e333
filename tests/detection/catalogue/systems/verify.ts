import type { Fault } from '../../fault';

/** Roles of processes, and what a verification needs of its stack. */
export const VERIFY_FAULTS: readonly Fault[] = [
  {
    id: 'F1200',
    promise: 'a process runs the roles that it is given, and no other one',
    file: 'main.ts',
    within: 'PlatformStart.has',
    find: 'this.settings.roles.includes(role)',
    replace: 'this.settings.roles.includes(role) || role.length > 3',
    claims: ['S0-02'],
  },
  {
    id: 'F1201',
    promise: 'a stack without an executor is not a busy one',
    file: '../cli/verify/require-start.ts',
    within: 'requireStart',
    find: 'missing.length > 0',
    replace: 'missing.length > 1',
    claims: ['S0-02'],
  },
  {
    id: 'F1202',
    promise: 'a role is present as long as a process with it runs',
    file: 'store/database/stack/stack-roles.ts',
    within: 'presentRoles',
    find: 'held.has(key)',
    replace: `held.has(key) || ROLES[key] === 'worker'`,
    claims: ['S0-02'],
  },
  {
    id: 'F1203',
    promise: 'workers without an API in their process need its address',
    file: '../cli/roles.ts',
    within: 'planRoles',
    find: 'needing.length > 0 && apiUrl === undefined',
    replace: 'needing.length > 2 && apiUrl === undefined',
    claims: ['S0-02'],
  },
  {
    id: 'F1204',
    promise: 'a process for sensors runs no actions',
    file: '../cli/up.ts',
    within: 'platformSettings',
    find: `plan.roles.includes('worker') ? fromEnvironment.slots : 0`,
    replace: 'fromEnvironment.slots',
    claims: ['S0-02'],
  },
];
