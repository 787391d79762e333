import { TooManyPatterns } from '../core/secrets/pattern-set';

/** The output of an attempt cannot be redacted: none of it may be stored. Without any value. */
export class RedactionFault extends Error {
  constructor(readonly code: 'REDACTION_LIMIT' | 'REDACTION_FAILED') {
    super(`${code}: ${REASONS[code]}`);
    this.name = 'RedactionFault';
  }
}

const REASONS = {
  REDACTION_LIMIT: 'it has too many secrets to find them all in its output',
  REDACTION_FAILED: 'secrets could not be removed from its output, of which nothing is stored',
} as const;

/** An error of the work may contain a secret: it is replaced by a RedactionFault. */
export function guardRedaction<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new RedactionFault(error instanceof TooManyPatterns ? 'REDACTION_LIMIT' : 'REDACTION_FAILED');
  }
}
