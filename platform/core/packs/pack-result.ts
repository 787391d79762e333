import type { PackTestResult, TestSuite } from '../../../contract/pack-tests';

interface TestedPack {
  readonly ref: string;
  readonly version: string;
}

/** The result of all suites of a pack. It has passed where no test failed. */
export function packResult(
  { ref, version }: TestedPack,
  suites: readonly TestSuite[],
  times: { readonly executionTime: string; readonly durationMs: number },
): PackTestResult {
  const sum = (key: 'total' | 'passed' | 'failed' | 'skipped') =>
    suites.reduce((total, suite) => total + suite[key], 0);
  const [totalTests, passed, failed] = [sum('total'), sum('passed'), sum('failed')];
  return {
    packRef: ref,
    packVersion: version,
    executionTime: times.executionTime,
    status: failed === 0 ? 'passed' : 'failed',
    totalTests,
    passed,
    failed,
    skipped: sum('skipped'),
    passRate: totalTests === 0 ? 0 : passed / totalTests,
    durationMs: times.durationMs,
    testSuites: [...suites],
  };
}
