import { Type } from '@sinclair/typebox';
import { EXIT_CODES } from '../../contract/errors';
import { Finding } from '../../contract/workflows';
import { matches } from '../../helpers/client/validate';
import { ApiError } from '../../helpers/errors';
import { CommandError, usageError } from '../failures';
import { findingLine } from './finding-line';

const Findings = Type.Object({ details: Type.Object({ findings: Type.Array(Finding) }) });

/**
 * The platform's own rejection, with every finding, is a failure of the request, and not of the
 * command.
 */
export function throwRejection(error: unknown): never {
  if (!(error instanceof ApiError)) throw error;
  throw new CommandError(rejectionText(error), EXIT_CODES.testFailed);
}

/**
 * For `catch`: a rejection with one of these statuses names what was given, and is an error of
 * usage; others as `throwRejection`.
 */
export const throwUsageAt =
  (...statuses: readonly number[]) =>
  (error: unknown): never => {
    if (!(error instanceof ApiError) || !statuses.includes(error.status)) throwRejection(error);
    throw usageError(rejectionText(error));
  };

/** Why the platform rejects a request, with every finding. */
function rejectionText(error: ApiError): string {
  const lines = matches(Findings, error.body)
    ? error.body.details.findings.map((finding) => `  ${findingLine(finding)}`)
    : [];
  return lines.length > 0 ? ['the workflow does not compile', ...lines].join('\n') : error.message;
}
