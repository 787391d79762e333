import { parser } from 'sax';
import type { FailedCase, TestCases } from '../../../contract/sandbox-report';

/** What a JUnit file states of its test cases. */
export interface JunitResults {
  readonly cases: TestCases;
  /** The first ones. */
  readonly failed: readonly FailedCase[];
}

const ROOTS = new Set<string | null>(['testsuites', 'testsuite']);
const MOST_FAILED = 100;
const MOST_CHARACTERS = 500;

/** A case is failed with a `failure` or an `error` in it. Null where the text is no JUnit. */
export function junitResults(text: string): JunitResults | null {
  const cases = { passed: 0, failed: 0, skipped: 0 };
  const failed: FailedCase[] = [];
  let open: { readonly name: string; outcome: keyof TestCases; message: string } | null = null;
  let root: string | null = null;
  let isXml = true;
  const xml = parser(true);
  xml.onerror = () => {
    isXml = false;
    xml.resume();
  };
  xml.onopentag = ({ name, attributes }) => {
    root ??= name;
    if (name === 'testcase') open = { name: textOf(attributes.name), outcome: 'passed', message: '' };
    if (open === null) return;
    if (name === 'failure' || name === 'error') {
      open.outcome = 'failed';
      open.message ||= textOf(attributes.message).split('\n', 1)[0]!;
    }
    if (name === 'skipped' && open.outcome === 'passed') open.outcome = 'skipped';
  };
  xml.onclosetag = (name) => {
    if (name !== 'testcase' || open === null) return;
    cases[open.outcome]++;
    if (open.outcome === 'failed' && failed.length < MOST_FAILED)
      failed.push({ name: open.name.slice(0, MOST_CHARACTERS), message: open.message.slice(0, MOST_CHARACTERS) });
    open = null;
  };
  xml.write(text).close();
  return isXml && ROOTS.has(root) ? { cases, failed } : null;
}

/** Of an attribute: of a parser without namespaces it is a text, or absent. */
const textOf = (attribute: unknown): string => (typeof attribute === 'string' ? attribute : '');
