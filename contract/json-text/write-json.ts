import { MARK, rewriteTokens, WRITTEN_MARK } from './rewrite-tokens';

/**
 * JSON.stringify that writes a bigint as the integer that it is. The type is the one of
 * JSON.stringify: undefined has no JSON text.
 */
export function writeJson(value: unknown, space?: number): string {
  try {
    return JSON.stringify(value, null, space);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  // The value has a bigint, or contains itself: the second is thrown again.
  const marked = JSON.stringify(value, mark, space);
  return rewriteTokens(marked, { string: unmark, number: () => null });
}

const mark = (_key: string, value: unknown): unknown =>
  typeof value === 'bigint' || (typeof value === 'string' && value.startsWith(MARK)) ? `${MARK}${value}` : value;

function unmark(raw: string): string {
  const rest = raw.slice(1 + WRITTEN_MARK.length);
  return rest.startsWith(WRITTEN_MARK) ? `"${rest}` : rest.slice(0, -1);
}
