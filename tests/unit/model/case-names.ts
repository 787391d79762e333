import type { CaseNames } from '../../e2e/support/model/case-names';

/** Names of a case that no target runs. */
export const NAMES: CaseNames = {
  program: 'e2e.exit-by-attempt',
  workflow: (name) => `own.${name}`,
  ledgerInput: (label) => ({ key: `k-${label}`, ledger: '/ledger' }),
  gate: '/gate',
  shortSeconds: 1,
  areLimitsTimeouts: true,
  hasLoops: true,
  isExact: true,
  worker: { worker: 'one' },
};
