import { inspect } from 'node:util';
import pino, { type DestinationStream, type Logger } from 'pino';
import { errorSubject } from '../base/error-subject';

/**
 * A log of JSON lines with the level of PLATFORM_LOG_LEVEL. `err` of an entry is what was thrown:
 * message, stack and causes, also where that is no error. The entry has what the error concerns.
 */
export const openLog = (destination: DestinationStream, name?: string): Logger =>
  pino(
    {
      ...(name !== undefined && { name }),
      level: process.env.PLATFORM_LOG_LEVEL ?? 'warn',
      serializers: { err: serializeThrown },
      formatters: { log: (fields) => ({ ...errorSubject(fields.err), ...fields }) },
    },
    destination,
  );

const serializeThrown = (thrown: unknown): unknown =>
  thrown instanceof Error || hasMessage(thrown)
    ? pino.stdSerializers.err(thrown as Error)
    : { type: typeof thrown, message: inspect(thrown), stack: `${inspect(thrown)}\n    (thrown without a stack)` };

/** An error of another realm. */
const hasMessage = (thrown: unknown): boolean =>
  typeof thrown === 'object' && thrown !== null && 'message' in thrown && typeof thrown.message === 'string';
