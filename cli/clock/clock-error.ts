import { EXIT_CODES } from '../../contract/errors';
import { ApiError } from '../../helpers/errors';
import { CommandError } from '../failures';
import { throwRejection } from '../run/rejection';

/**
 * Throws CommandError for a failed request about a clock: exit 3 where the platform has no virtual
 * time, else exit 1.
 */
export function throwClockError(error: unknown): never {
  if (!(error instanceof ApiError) || error.status !== 404) throwRejection(error);
  throw new CommandError(
    'NOT_ENABLED: this platform has no virtual time: start it with `tuningfork up --virtual-time`, ' +
      'or with PLATFORM_VIRTUAL_TIME=on',
    EXIT_CODES.notProvisioned,
  );
}
