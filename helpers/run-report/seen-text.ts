import { shortened } from '../shortened';

/** Of a value in one line, characters. */
const MOST_CHARACTERS = 300;
const SHOWN_DIFFERENCES = 6;

/** What a failed test saw instead of what was promised, in one line. */
export function seenText(error: string): string {
  const [first = '', ...rest] = error.split('\n');
  if (first.startsWith('PLATFORM_FAULT')) return shortened(faultText(rest) ?? first, MOST_CHARACTERS);
  const different = first.startsWith('expect(') ? differences(error, SHOWN_DIFFERENCES) : [first];
  return shortened(different.map((line) => line.replace(/^([-+])\s+/, '$1 ').trim()).join('  '), MOST_CHARACTERS);
}

/** The first differing lines of a failed expectation; of another error its first line. */
export function differences(error: string, most: number): string[] {
  const lines = error.split('\n');
  const differing = lines.filter((line) => /^(Expected|Received)\b.*: |^[-+] (?!Expected |Received )/.test(line));
  const isExpectation = error.startsWith('expect(') && differing.length > 0;
  return isExpectation ? differing.slice(0, most) : lines.slice(0, 1);
}

/** What the platform logged, and the innermost frame. */
function faultText([logged, ...stack]: readonly string[]): string | null {
  if (logged === undefined) return null;
  const frame = stack.find((line) => /^\s+at /.test(line) && !/node_modules|\bnode:/.test(line));
  return `PLATFORM_FAULT: ${logged.replace(/^\S+Z {2}/, '')}${frame === undefined ? '' : `, ${frame.trim()}`}`;
}
