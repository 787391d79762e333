import { hasFailed, isFlaky } from './attempts';
import type { AttemptModel, ClaimModel, RunModel } from './run-model';
import { testName } from './test-name';

const STATUS: Readonly<Record<ClaimModel['result'], 'passed' | 'failed' | 'skipped' | 'other'>> = {
  passed: 'passed',
  failed: 'failed',
  environment: 'failed',
  'known red': 'other',
  'not proven': 'skipped',
  'not selected': 'skipped',
};

/** A run in the Common Test Report Format (https://ctrf.io, version 0.0.0). */
export function ctrfReport({ run, target, from, to, exit, claims }: RunModel): object {
  const tests = claims.map(ctrfTest);
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    runId: run,
    generatedBy: 'tuningfork',
    results: {
      tool: { name: 'tuningfork' },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        pending: 0,
        skipped: count('skipped'),
        other: count('other'),
        flaky: claims.filter(isFlaky).length,
        suites: new Set(claims.map(({ file }) => file)).size,
        start: Math.round(from ?? 0),
        stop: Math.round(to ?? 0),
        duration: Math.round((to ?? 0) - (from ?? 0)),
      },
      tests,
      environment: {
        testEnvironment: target.platform,
        healthy: exit === 0 && !claims.some(hasFailed),
        extra: { run, url: target.url, loadFactor: target.loadFactor },
      },
    },
  };
}

function ctrfTest(claim: ClaimModel) {
  const { id, title, file, tier, reason, failure, attempts } = claim;
  const message = failure?.summary ?? reason;
  const [, line] = /:(\d+):\d+$/.exec(failure?.at ?? '') ?? [];
  return {
    testId: `${id} ${title}`,
    name: testName(claim),
    type: 'e2e',
    suite: [tier, file],
    filePath: file,
    rawStatus: claim.result,
    ...outcomeOf(claim),
    ...(claim.process !== null && { threadId: String(claim.process) }),
    ...(message !== '' && { message }),
    ...(line !== undefined && { line: Number(line) }),
    ...(attempts.length > 0 && {
      retries: attempts.length,
      retryAttempts: attempts.map((attempt, n) => ({ attempt: n + 1, ...outcomeOf(attempt), ...messageOf(attempt) })),
    }),
    flaky: isFlaky(claim),
  };
}

function outcomeOf({ result, seconds, from, to, failure }: AttemptModel) {
  return {
    status: STATUS[result],
    duration: Math.round(seconds * 1_000),
    ...(from !== null && { start: Math.round(from) }),
    ...(to !== null && { stop: Math.round(to) }),
    ...(failure && { trace: failure.frames.join('\n') }),
  };
}

const messageOf = ({ failure }: AttemptModel) => (failure ? { message: failure.summary } : {});
