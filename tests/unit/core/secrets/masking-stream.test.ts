import { fc } from '../../../seeded-properties';
import { sized } from '../../../../helpers/sized';
import { MaskingStream } from '../../../../platform/core/secrets/masking-stream';
import { PlainFinder, WrappedFinder } from '../../../../platform/core/secrets/pattern-finder';
import { PatternSet, type PatternLimits } from '../../../../platform/core/secrets/pattern-set';

const MASK = '***';
const UNLIMITED: PatternLimits = { totalBytes: 1_024 * 1_024, minHeadBytes: 16 };

/** Texts that overlap, contain and repeat each other. */
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
const patternList = fc.uniqueArray(word, { minLength: 1, maxLength: 8 });
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 60 });
const cuts = fc.array(fc.nat(60), { maxLength: 8 });

function maskInPieces(
  patterns: readonly string[],
  input: string,
  at: readonly number[],
  limits: PatternLimits = UNLIMITED,
  Finder: typeof PlainFinder | typeof WrappedFinder = PlainFinder,
) {
  const set = new PatternSet(limits);
  for (const pattern of patterns) set.add(Buffer.from(pattern));
  const stream = new MaskingStream([new Finder(set.buildAutomaton())], Buffer.from(MASK), () => undefined);
  const bytes = Buffer.from(input);
  const positions = [0, ...at.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
  const pieces = positions.slice(1).flatMap((end, index) => stream.push(bytes.subarray(positions[index], end)));
  return Buffer.concat([...pieces, ...stream.end()]).toString();
}

interface Run {
  start: number;
  end: number;
}

function maskRuns(input: string, found: readonly Run[]): string {
  const runs: Run[] = [];
  for (const { start, end } of [...found].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = runs.at(-1);
    if (last && start < last.end) last.end = Math.max(last.end, end);
    else runs.push({ start, end });
  }
  const gaps = [...runs.map(({ start }, index) => input.slice(runs[index - 1]?.end ?? 0, start))];
  return [...gaps, input.slice(runs.at(-1)?.end ?? 0)].join(MASK);
}

/** Every pattern at every position, by comparing; `headLength`: how much of each is compared. */
function maskByComparing(patterns: readonly string[], input: string, headLength = Infinity): string {
  const found = patterns.flatMap((pattern) =>
    Array.from(input, (_, start) => ({ start, end: Math.min(input.length, start + pattern.length) })).filter(
      ({ start }) => input.startsWith(pattern.slice(0, headLength), start),
    ),
  );
  return maskRuns(input, found);
}

/** The same, with a line break between any two characters of a pattern. */
function maskWrapped(patterns: readonly string[], input: string): string {
  const found = patterns.flatMap((pattern) => {
    const wrapped = new RegExp(Array.from(pattern).join('[\\r\\n]{0,2}'), 'y');
    return Array.from(input, (_, start) => {
      wrapped.lastIndex = start;
      return { start, end: start + (wrapped.exec(input)?.[0].length ?? 0) };
    }).filter(({ start, end }) => end > start);
  });
  return maskRuns(input, found);
}

test('a stream is masked as by comparing at every position', () => {
  fc.assert(
    fc.property(patternList, text, cuts, (patterns, input, at) => {
      expect(maskInPieces(patterns, input, at)).toBe(maskByComparing(patterns, input));
    }),
    { numRuns: sized({ ci: 500, full: 2_000 }) },
  );
});

test('line breaks in a pattern are skipped and masked with it', () => {
  const wrapped = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd', '\n', '\r'), maxLength: 60 });
  fc.assert(
    fc.property(patternList, wrapped, cuts, (patterns, input, at) => {
      expect(maskInPieces(patterns, input, at, UNLIMITED, WrappedFinder)).toBe(maskWrapped(patterns, input));
    }),
    { numRuns: sized({ ci: 1_000, full: 5_000 }) },
  );
});

test('a wrapped pattern that was cut is masked to its end', () => {
  const limits = { totalBytes: 8, minHeadBytes: 4 };
  const wrapped = 'abcde\r\nfghij\nklmno\npqrst\nuvwxyz';
  const secret = 'abcdefghijklmnopqrstuvwxyz';

  for (const cut of [1, 7, 13, 20, 28])
    expect(maskInPieces([secret], `<${wrapped}>`, [cut], limits, WrappedFinder)).toBe(`<${MASK}>`);
});

const LIMITS = { totalBytes: 16, minHeadBytes: 2 };

/** The longest heads that fit together. */
const headLengthWithin = (patterns: readonly string[], { totalBytes }: PatternLimits): number =>
  [6, 5, 4, 3, 2].find(
    (length) => patterns.join('').length <= totalBytes || headBytes(patterns, length) <= totalBytes,
  )!;
const headBytes = (patterns: readonly string[], length: number): number =>
  patterns.reduce((sum, pattern) => sum + Math.min(pattern.length, length), 0);

test('a pattern beyond the limits is masked whole after its head', () => {
  fc.assert(
    fc.property(patternList, text, cuts, (patterns, input, at) => {
      const masked = maskInPieces(patterns, input, at, LIMITS);
      expect(masked).toBe(maskByComparing(patterns, input, headLengthWithin(patterns, LIMITS)));
    }),
    { numRuns: sized({ ci: 500, full: 2_000 }) },
  );
});

test('no part of a pattern remains where many were cut', () => {
  const long = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 30 });
  const parts = fc.array(fc.oneof(long, fc.constant('d')), { maxLength: 10 });
  fc.assert(
    fc.property(fc.uniqueArray(long, { minLength: 1, maxLength: 8 }), parts, cuts, (patterns, words, at) => {
      const input = [...words, ...patterns].join('d');
      const remaining = (text: string) => text.replaceAll(/[*d]/g, '').length;
      const masked = maskInPieces(patterns, input, at, LIMITS);
      expect(remaining(masked)).toBeLessThanOrEqual(remaining(maskByComparing(patterns, input)));
      expect(masked.split(MASK).filter((rest) => patterns.some((pattern) => rest.includes(pattern)))).toEqual([]);
    }),
    { numRuns: sized({ ci: 300, full: 1_000 }) },
  );
});

test('overlapping matches become one mask, adjacent ones two', () => {
  expect(maskInPieces(['abc', 'cde'], 'xabcdex', [])).toBe(`x${MASK}x`);
  expect(maskInPieces(['abc', 'def'], 'xabcdefx', [])).toBe(`x${MASK}${MASK}x`);
});

test('a pattern that was cut is masked to its end in a later chunk', () => {
  const secret = 'abcdefghijklmnopqrstuvwxyz';
  expect(maskInPieces([secret], `<${secret}>`, [9, 12, 20], { totalBytes: 8, minHeadBytes: 4 })).toBe(`<${MASK}>`);
});

test('more patterns than fit at the shortest head are refused', () => {
  const set = new PatternSet({ totalBytes: 6, minHeadBytes: 3 });
  set.add(Buffer.from('abcdef'));
  set.add(Buffer.from('ghijkl'));
  expect(() => set.add(Buffer.from('m'))).toThrow('there are too many patterns');
});
