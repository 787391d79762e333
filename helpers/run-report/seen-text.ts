import type { FailureRecord } from '../scenario/failure-records';
import { shortened } from '../shortened';

/** Of a value in one line, characters. */
const MOST_CHARACTERS = 300;
const SHOWN_DIFFERENCES = 6;

/** How many characters of one value are shown. */
const MOST_OF_VALUE = 80;

/** `a › b: expected 3, saw 4; and 2 more differences`. */
export function differencesText({ shown, count }: NonNullable<FailureRecord['differences']>): string {
  const texts = shown.map(({ path, expected, seen }) => {
    const [right, wrong] = [expected, seen].map((text) => shortened(text, MOST_OF_VALUE));
    return `${path === '' ? '' : `${path}: `}expected ${right}, saw ${wrong}`;
  });
  const left = count - shown.length;
  return [...texts, ...(left > 0 ? [`and ${left} more ${left === 1 ? 'difference' : 'differences'}`] : [])].join('; ');
}

/** What a failed test saw instead of what was promised, in one line. */
export function seenText(error: string): string {
  const [first = '', ...rest] = error.split('\n');
  if (first.startsWith('PLATFORM_FAULT')) return shortened(faultText(rest) ?? first, MOST_CHARACTERS);
  const values = first.startsWith('expect(') ? valuesText(first, rest) : null;
  if (values !== null) return shortened(values, MOST_CHARACTERS);
  const different = first.startsWith('expect(') ? differences(error, SHOWN_DIFFERENCES) : [first];
  return shortened(diffText(different) ?? different.map((line) => line.trim()).join('  '), MOST_CHARACTERS);
}

/** Lines of a diff in words; null: they are none. */
function diffText(lines: readonly string[]): string | null {
  const parts = lines.map((line) => /^([-+])\s+(?:"([^"]*)": )?(.*?),?$/.exec(line));
  if (parts.some((part) => part === null) || parts.length === 0) return null;
  const [expected, seen] = ['-', '+'].map((sign) => parts.flatMap((part) => (part?.[1] === sign ? [part] : [])));
  const texts = expected!.map(([, , name, value]) => {
    const at = seen!.findIndex(([, , other]) => other === name);
    const [match] = at === -1 ? [] : seen!.splice(at, 1);
    return `${name === undefined ? '' : `${name}: `}expected ${value}${match ? `, saw ${match[3]}` : ''}`;
  });
  const others = seen!.map(([, , name, value]) => `saw ${name === undefined ? '' : `${name}: `}${value}`);
  return [...texts, ...others].join('; ');
}

/** Of an expectation that prints its values in a line each; null: it prints a diff. */
function valuesText(first: string, lines: readonly string[]): string | null {
  const valueOf = (pattern: RegExp): string | null =>
    lines.map((line) => pattern.exec(line)?.[1]?.trim() ?? null).find((value) => value !== null) ?? null;
  const seen = valueOf(/^Received[^:]*: (.*)$/);
  if (seen === null) return null;
  const expected = valueOf(/^Expected[^:]*: (.*)$/);
  const [, negation = '', matcher = ''] =
    /^expect\(received\)(?:\.(?:resolves|rejects))?(\.not)?\.to(\w+)/.exec(first) ?? [];
  if (matcher === '') return null;
  const isPlain = ['Be', 'Equal', 'StrictEqual'].includes(matcher) || /^[<>]/.test(expected ?? '');
  const words = matcher.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const right = [isPlain ? '' : `to${words}`, expected?.replace(/^not /, '') ?? ''].filter((text) => text !== '');
  return `expected ${[...(negation === '' ? [] : ['not']), ...right].join(' ')}, saw ${seen}`;
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
