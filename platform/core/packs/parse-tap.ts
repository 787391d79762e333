import type { TestCase } from '../../../contract/pack-tests';
import { countCases, linesOf, testCase, type ParseOutput } from './parsed-output';

const TEST_LINE = /^( *)(not )?ok\b(?: +\d+)?(?: +-)? ?(.*)$/;
const PLAN = /^ *1\.\.\d+/;
const DIRECTIVE = /(^| )# *(skip|todo)\b.*$/i;
const BLOCK_START = /^ *---$/;
const BLOCK_END = /^ *\.\.\.$/;
const DURATION = /^ *duration_ms: ([\d.]{1,20})$/;

interface OpenCase {
  readonly indent: number;
  readonly test: TestCase;
  /** Lines of the block of a failed test. */
  readonly block: string[];
}

/** Tests without subtests; one with subtests counts only where it failed and none of them did. */
export const parseTap: ParseOutput = ({ stdout }) => {
  const found: OpenCase[] = [];
  let hasPlan = false;
  let inBlock = false;
  for (const line of linesOf(stdout)) {
    if (inBlock) {
      if (BLOCK_END.test(line)) inBlock = false;
      else found.at(-1)!.block.push(line.trim());
    } else if (BLOCK_START.test(line) && found.length > 0) inBlock = true;
    else if (PLAN.test(line)) hasPlan = true;
    else if (/^Bail out!/.test(line)) return null;
    else addTest(found, line);
  }
  if (!hasPlan) return null;
  const cases = found.map(withBlock);
  return { cases, counts: countCases(cases) };
};

function addTest(found: OpenCase[], line: string): void {
  const [, spaces, not, text] = TEST_LINE.exec(line) ?? [];
  if (spaces === undefined || text === undefined) return;
  const indent = spaces.length;
  const subtests = countSubtests(found, indent);
  const hasFailedSubtest = found.slice(found.length - subtests).some(({ test }) => test.status === 'failed');
  if (subtests > 0 && (not === undefined || hasFailedSubtest)) return closeParent(found, indent, subtests);
  const directive = DIRECTIVE.exec(text)?.[2]?.toLowerCase();
  const name = text.replace(DIRECTIVE, '').trim() || 'test';
  found.push({ indent, test: testCase(name, statusOf(not !== undefined, directive)), block: [] });
}

/** The tests since the last one that is not indented further. */
function countSubtests(found: readonly OpenCase[], indent: number): number {
  let count = 0;
  while (count < found.length && found[found.length - 1 - count]!.indent > indent) count++;
  return count;
}

/** Its subtests are tests of its own level from here on. */
function closeParent(found: OpenCase[], indent: number, subtests: number): void {
  for (let index = found.length - subtests; index < found.length; index++) found[index] = { ...found[index]!, indent };
}

/** A test that is still to be written may fail. */
const statusOf = (hasFailed: boolean, directive: string | undefined): TestCase['status'] => {
  if (directive === 'skip' || (directive === 'todo' && hasFailed)) return 'skipped';
  return hasFailed ? 'failed' : 'passed';
};

function withBlock({ test, block }: OpenCase): TestCase {
  const [, duration] = block.map((line) => DURATION.exec(line)).find((match) => match !== null) ?? [];
  const durationMs = Math.round(Number(duration ?? 0)) || 0;
  return { ...test, durationMs, errorMessage: test.status === 'failed' && block.length > 0 ? block.join('\n') : null };
}
