import type { Policy } from '../policy';

/** Where a secret is, without the secret. */
export interface SecretFinding {
  readonly code: 'SECRET_FOUND';
  readonly path: string;
  readonly line: number;
  readonly kind: string;
  /** Of path and secret. */
  readonly fingerprint: string;
  /** The commit that added it, where the files of the working tree no longer have it. */
  readonly commit: string | null;
}

/** The findings that the policy does not allow by path and fingerprint. */
export const withoutAllowed = ({ secrets }: Policy, findings: readonly SecretFinding[]): SecretFinding[] =>
  findings.filter(
    ({ path, fingerprint }) =>
      !secrets?.allowed.some((allowed) => allowed.path === path && allowed.fingerprint === fingerprint),
  );
