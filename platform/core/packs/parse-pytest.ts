import type { TestCase } from '../../../contract/pack-tests';
import { linesOf, testCase, type ParseOutput } from './parsed-output';

const TEST_LINE = /^(\S+::.{1,1000}?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/;
const MESSAGE = /^(?:FAILED|ERROR) (\S+::\S+) - (.*)$/;
const SUMMARY = /^=+ (.{1,1000}) in [\d.]+s(?: \([\d:]+\))? =+$/;
const PART = /^(\d{1,6}) (passed|failed|skipped|errors?|xfailed|xpassed)$/;

const STATUS: Readonly<Record<string, TestCase['status']>> = {
  PASSED: 'passed',
  XPASS: 'passed',
  XFAIL: 'passed',
  FAILED: 'failed',
  ERROR: 'error',
  SKIPPED: 'skipped',
};

/** The report of `pytest -v`. */
export const parsePytest: ParseOutput = ({ stdout }) => {
  const lines = linesOf(stdout);
  const summary = lines.flatMap((line) => SUMMARY.exec(line)?.[1] ?? []).at(-1);
  if (summary === undefined) return null;
  const messages = new Map(lines.flatMap((line) => messageOf(line) ?? []));
  const cases = lines.flatMap((line) => {
    const [, name, word] = TEST_LINE.exec(line) ?? [];
    if (name === undefined || word === undefined) return [];
    return [testCase(name, STATUS[word]!, { errorMessage: messages.get(name) ?? null })];
  });
  const counts = new Map<string, number>();
  for (const part of summary.split(', ')) {
    const [, number, word] = PART.exec(part) ?? [];
    if (word !== undefined) counts.set(word.replace(/s$/, ''), Number(number));
  }
  const count = (...words: readonly string[]) => words.reduce((sum, word) => sum + (counts.get(word) ?? 0), 0);
  return {
    cases,
    counts: {
      passed: count('passed', 'xfailed', 'xpassed'),
      failed: count('failed', 'error'),
      skipped: count('skipped'),
    },
  };
};

function messageOf(line: string): [readonly [string, string]] | null {
  const [, name, message] = MESSAGE.exec(line) ?? [];
  return name === undefined || message === undefined ? null : [[name, message]];
}
