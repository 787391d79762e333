import { createHash } from 'node:crypto';
import type { SecretFinding } from '../../tools/gate/secrets/allowed-secrets';
import { findSecrets } from '../../tools/gate/secrets/find-secrets';
import type { FileLines } from '../git/added-lines';

/** The secrets in the lines of a file, each by its fingerprint. */
export const secretFindings = ({ path, lines, commit }: FileLines): SecretFinding[] =>
  findSecrets(lines).map(({ line, kind, secret }) => ({
    code: 'SECRET_FOUND',
    path,
    line,
    kind,
    commit,
    fingerprint: createHash('sha256').update(`${path}\0${secret}`).digest('hex').slice(0, 16),
  }));
