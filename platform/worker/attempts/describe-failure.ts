import type { Json } from '../../../contract/json';
import { errorCode, errorMessage } from '../../base/error-details';
import { RedactionFault } from '../../redaction/redaction-fault';
import { Redactor } from '../../redaction/redactor';

interface FailureDescription {
  readonly message: string;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/**
 * What may be logged and stored of an error: neither its other properties, which may contain
 * values of a statement or of a command, nor any of the secrets.
 */
export function describeFailure(error: unknown, secrets: readonly Json[]): FailureDescription {
  const code = errorCode(error);
  try {
    const redactor = new Redactor(secrets);
    const stack = error instanceof Error && error.stack !== undefined ? redactor.redactText(error.stack) : undefined;
    return { message: redactor.redactText(errorMessage(error)), code, stack };
  } catch (fault) {
    if (!(fault instanceof RedactionFault)) throw fault;
    return { message: fault.message, code, stack: undefined };
  }
}
