import type { Faults } from '../../fault';

/** Where secrets appear. */
export const INJECTION_FAULTS: Faults = {
  F1535: {
    promise: 'the secrets of a process are not in its environment',
    file: 'worker/process/process-environment.ts',
    within: 'processEnvironment',
    find: 'const env = withRuntimeVariables({ ...inherited, ...workerContext.presetVariables, ...requested }, runtime);',
    replace: `const exported = Object.fromEntries(attempt.secrets.map((secret, n) => ['SECRET_' + String(n), textOrJson(secret)]));
  const env = withRuntimeVariables({ ...inherited, ...workerContext.presetVariables, ...requested, ...exported }, runtime);`,
    claims: ['T3.20a'],
  },
  F1877: {
    promise: 'a key of a person is not passed to the processes of a pack',
    file: 'store/secrets/keys.ts',
    within: 'listInjectedKeys',
    find: `owner_type = 'system' or owner_pack`,
    replace: `owner_type in ('system', 'identity') or owner_pack`,
    claims: ['T3.20e'],
  },
};
