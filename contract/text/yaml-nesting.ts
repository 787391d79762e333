/** More than documents have, and less than makes the parser slow or overflows the stack. */
const MAX_OPEN_BRACKETS = 256;
const DEEP_NESTING = /(?:[-?:][ \t]+){64}|^[ \t]{512}/m;

/**
 * Whether a text can be nested so deeply that the YAML parser must not see it: near the end of the
 * stack it is slow, and may end the whole process instead of throwing. Strings count, too.
 */
export const isNestedTooDeeply = (text: string): boolean =>
  DEEP_NESTING.test(text) || maxOpenBrackets(text) > MAX_OPEN_BRACKETS;

/** The largest number of open flow brackets, in text or not. */
function maxOpenBrackets(text: string): number {
  let open = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}
