import { parser } from 'sax';
import type { TestCases } from '../../../contract/sandbox-report';

const ROOTS = new Set<string | null>(['testsuites', 'testsuite']);

/**
 * Counts the test cases of a JUnit file: one is failed with a `failure` or an `error` in it. Null
 * where the text is no JUnit.
 */
export function countTestCases(text: string): TestCases | null {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let outcome: keyof TestCases | null = null;
  let root: string | null = null;
  let isXml = true;
  const xml = parser(true);
  xml.onerror = () => {
    isXml = false;
    xml.resume();
  };
  xml.onopentag = ({ name }) => {
    root ??= name;
    if (name === 'testcase') outcome = 'passed';
    if (outcome === null) return;
    if (name === 'failure' || name === 'error') outcome = 'failed';
    if (name === 'skipped' && outcome === 'passed') outcome = 'skipped';
  };
  xml.onclosetag = (name) => {
    if (name !== 'testcase' || outcome === null) return;
    counts[outcome]++;
    outcome = null;
  };
  xml.write(text).close();
  return isXml && ROOTS.has(root) ? counts : null;
}
