import { parsePolicy, type Check, type Policy } from '../../../tools/gate/policy';

export const EXAMPLE = `# which checks decide
branch: main
window: 3
checks:
  # the first tier
  - id: tier1
    state: required
    jobs: [embedded, plain]
    tests: [T1.]
    owners: [Ada]
  - id: leases # a system test
    state: advisory
    jobs: [embedded, plain]
    tests: [S3-]
    owners: [Grace]
`;

export const TODAY = '2026-11-24';

/** The example, with differences of the check of this id. */
export function policyWith(id: string, more: Partial<Check> = {}): Policy {
  const policy = parsePolicy(EXAMPLE);
  return { ...policy, checks: policy.checks.map((check) => (check.id === id ? { ...check, ...more } : check)) };
}

export const quarantined = (until: string): Partial<Check> => ({
  state: 'quarantined',
  quarantine: { owner: 'Ada', reason: 'issue 41', until },
});
