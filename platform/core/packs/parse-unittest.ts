import type { TestCase } from '../../../contract/pack-tests';
import { linesOf, testCase, type ParseOutput, type TestCounts } from './parsed-output';

const TEST_START = /^(\S+) \(([^()]+)\)/;
const OUTCOME = /(?:^|\.\.\. )(ok|FAIL|ERROR|skipped\b.*|expected failure|unexpected success)$/;
const DETAILS_START = /^={70}$/;
const DETAILS_TITLE = /^(?:FAIL|ERROR): (\S+) \(([^()]+)\)/;
const RULE = /^-{70}$/;
const TOTAL = /^Ran (\d{1,6}) tests? in /;
const SUMMARY = /^(?:OK|FAILED)(?: \((.*)\))?$/;

/** The verbose report of `unittest`, which it writes to stderr. */
export const parseUnittest: ParseOutput = ({ stderr }) => {
  const lines = linesOf(stderr);
  const totalAt = lines.map((line) => TOTAL.test(line)).lastIndexOf(true);
  const summary = lines.slice(totalAt + 1).find((line) => SUMMARY.test(line) || line.startsWith('NO TESTS RAN'));
  if (totalAt === -1 || summary === undefined) return null;
  const total = Number(TOTAL.exec(lines[totalAt]!)![1]);
  const detailsAt = lines.findIndex((line) => DETAILS_START.test(line));
  const reportEnd = detailsAt === -1 ? totalAt : Math.min(detailsAt, totalAt);
  const messages = readMessages(lines.slice(reportEnd, totalAt));
  return { cases: readCases(lines.slice(0, reportEnd), messages), counts: countsOf(total, summary) };
};

/** A test with a description has its outcome on the next line, after its own output. */
function readCases(lines: readonly string[], messages: ReadonlyMap<string, string>): TestCase[] {
  const cases: TestCase[] = [];
  let name: string | null = null;
  for (const line of lines) {
    const [, method, id] = TEST_START.exec(line) ?? [];
    if (method !== undefined && id !== undefined) name = fullName(method, id);
    const [, outcome] = OUTCOME.exec(line) ?? [];
    if (outcome === undefined || name === null) continue;
    cases.push(testCase(name, statusOf(outcome), { errorMessage: messages.get(name) ?? null }));
    name = null;
  }
  return cases;
}

/** Since Python 3.11, the text in parentheses ends with the method. */
const fullName = (method: string, id: string): string => (id.endsWith(`.${method}`) ? id : `${id}.${method}`);

function statusOf(outcome: string): TestCase['status'] {
  if (outcome === 'ok' || outcome === 'expected failure') return 'passed';
  if (outcome === 'ERROR') return 'error';
  return outcome.startsWith('skipped') ? 'skipped' : 'failed';
}

/** The traceback of each failed test. */
function readMessages(lines: readonly string[]): Map<string, string> {
  const messages = new Map<string, string>();
  let name: string | null = null;
  let text: string[] | null = null;
  for (const line of [...lines, '='.repeat(70)]) {
    if (DETAILS_START.test(line)) {
      if (name !== null && text !== null) messages.set(name, text.join('\n').trim());
      name = null;
      text = null;
    } else if (name === null) {
      const [, method, id] = DETAILS_TITLE.exec(line) ?? [];
      name = method === undefined || id === undefined ? null : fullName(method, id);
    } else if (text === null) {
      if (RULE.test(line)) text = [];
    } else if (!RULE.test(line)) text.push(line);
  }
  return messages;
}

function countsOf(total: number, summary: string): TestCounts {
  const counts = new Map<string, number>();
  for (const part of (SUMMARY.exec(summary)?.[1] ?? '').split(', ')) {
    const [, name, count] = /^([a-z ]+)=(\d{1,6})$/.exec(part) ?? [];
    if (name !== undefined) counts.set(name, Number(count));
  }
  const count = (name: string) => counts.get(name) ?? 0;
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const skipped = count('skipped');
  return { passed: Math.max(0, total - failed - skipped), failed, skipped };
}
