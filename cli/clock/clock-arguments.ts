import { InvalidArgumentError } from 'commander';
import { DurationError, parseDuration } from './parse-duration';
import { isInstant } from './parse-instant';

/** A duration as an argument, ms. Throws InvalidArgumentError. */
export function durationArgument(text: string): number {
  try {
    return parseDuration(text);
  } catch (error) {
    if (!(error instanceof DurationError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

/** An instant as an argument, as it was given. Throws InvalidArgumentError. */
export function instantArgument(text: string): string {
  if (isInstant(text)) return text;
  throw new InvalidArgumentError(`'${text}' is no instant: use RFC 3339 with an offset, as 2035-02-01T09:00:00Z.`);
}
