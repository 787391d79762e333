import type { Json, JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';
import type { AttemptOutcome } from './attempt';

/** Bytes of a value as JSON text. */
export const jsonBytes = (value: Json): number => Buffer.byteLength(writeJson(value));

const TOO_LARGE = 'RESULT_TOO_LARGE';

/** The result of what would have had `bytes`. */
export const tooLargeResult = (subject: string, bytes: number, maxBytes: number) => ({
  succeeded: false,
  code: TOO_LARGE,
  error: `${TOO_LARGE}: ${subject} has ${bytes} bytes: at most ${maxBytes}`,
});

/** Facts about an attempt that stay when its output is dropped. */
const SMALL_FIELDS = ['exit_code', 'duration_ms', 'stderr_log', 'redacted'];

/**
 * The outcome with a result of at most `maxBytes`. A long text of the program is shortened, as the
 * logs have it; an attempt whose data is too large fails.
 */
export function boundOutcome(outcome: AttemptOutcome, maxBytes: number): AttemptOutcome {
  const bytes = jsonBytes(outcome.result);
  if (bytes <= maxBytes) return outcome;
  const result = shortenText(shortenText(outcome.result, 'stdout', maxBytes), 'error', maxBytes);
  if (jsonBytes(result) <= maxBytes) return { ...outcome, result };
  const facts = Object.entries(outcome.result).filter(([name]) => SMALL_FIELDS.includes(name));
  const status = outcome.status === 'cancelled' ? outcome.status : 'failed';
  return {
    ...outcome,
    status,
    result: { ...Object.fromEntries(facts), ...tooLargeResult('the result', bytes, maxBytes) },
  };
}

/** Cuts the end of a text field, as far as necessary, and says so. */
function shortenText(result: JsonObject, field: 'stdout' | 'error', maxBytes: number): JsonObject {
  const text = result[field];
  if (typeof text !== 'string' || jsonBytes(result) <= maxBytes) return result;
  const notice = `\n[OUTPUT TRUNCATED: ${field} exceeded size limit]\n`;
  const shortened = (length: number): JsonObject => ({
    ...result,
    [field]: wholeCharacters(text, length) + notice,
  });
  let length = text.length;
  while (length > 0 && jsonBytes(shortened(length)) > maxBytes) length = Math.floor(length / 2);
  return field === 'stdout' ? { ...shortened(length), stdout_truncated: true } : shortened(length);
}

/** Half a surrogate pair at the end becomes U+FFFD. */
const wholeCharacters = (text: string, length: number): string => Buffer.from(text.slice(0, length)).toString();
