import type { ClaimModel, RunModel } from './run-model';

const STATUS: Readonly<Record<ClaimModel['result'], 'passed' | 'failed' | 'skipped' | 'other'>> = {
  passed: 'passed',
  failed: 'failed',
  environment: 'failed',
  'known red': 'other',
  'not proven': 'skipped',
  'not selected': 'skipped',
};

/** A run in the Common Test Report Format (https://ctrf.io, version 0.0.0). */
export function ctrfReport({ run, target, from, to, claims }: RunModel): object {
  const tests = claims.map(ctrfTest);
  const count = (status: string): number => tests.filter((test) => test.status === status).length;
  return {
    reportFormat: 'CTRF',
    specVersion: '0.0.0',
    results: {
      tool: { name: 'tuningfork' },
      summary: {
        tests: tests.length,
        passed: count('passed'),
        failed: count('failed'),
        pending: 0,
        skipped: count('skipped'),
        other: count('other'),
        start: from ?? 0,
        stop: to ?? 0,
      },
      tests,
      environment: { testEnvironment: target.platform, extra: { run, url: target.url } },
    },
  };
}

function ctrfTest({ id, title, file, tier, result, reason, seconds, failure }: ClaimModel) {
  const message = failure?.summary ?? reason;
  return {
    name: `${id} ${title}`,
    status: STATUS[result],
    duration: Math.round(seconds * 1_000),
    suite: [tier, file],
    filePath: file,
    rawStatus: result,
    ...(message !== '' && { message }),
    ...(failure && { trace: failure.frames.join('\n') }),
  };
}
