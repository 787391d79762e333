import type { Finding } from '../../../contract/workflows';
import { DomainError } from '../../base/domain-error';

/** A definition does not compile: the first finding is the code. */
export function findingError(findings: readonly Finding[]): DomainError {
  const { code, path, hint } = findings[0]!;
  const message = findings.map((finding) => finding.message).join('; ');
  return new DomainError(code, message, { path, hint, findings: findings.map((finding) => ({ ...finding })) });
}
