import { SAFE_DIGITS } from './exact-number';

/** Every run of this length has a character at a multiple of it. */
const RUN = SAFE_DIGITS + 1;

/**
 * Whether a text has a run of so many digits and dots that a number in it may not be kept. Looks
 * at every sixteenth character only.
 */
export function hasLongNumber(text: string): boolean {
  for (let at = 0; at < text.length; at += RUN) {
    if (isNumeric(text.charCodeAt(at)) && runLength(text, at) >= RUN) return true;
  }
  return false;
}

/** 0 to 9, and the dot. */
const isNumeric = (unit: number): boolean => (unit >= 0x30 && unit <= 0x39) || unit === 0x2e;

function runLength(text: string, at: number): number {
  let from = at;
  while (from > 0 && isNumeric(text.charCodeAt(from - 1)) && at - from < RUN) from--;
  let end = at + 1;
  while (end - from < RUN && isNumeric(text.charCodeAt(end))) end++;
  return end - from;
}
