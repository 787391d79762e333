import { validate } from 'ctrf';
import { ctrfReport } from '../../../helpers/run-report/ctrf-report';
import { attempt, claimOf, failure, runOf } from './runs';

const RUN = runOf([
  claimOf({ result: 'failed', failure: failure() }),
  claimOf({ id: 'T2.8a', attempts: [attempt(), attempt({ result: 'environment', failure: null })] }),
  claimOf({ id: 'T2.8e', result: 'not proven', reason: 'no cap', from: null, to: null, process: null }),
  claimOf({ id: 'T2.8f', result: 'known red', reason: 'until 2027', from: 1_000.25, to: 1_800.75 }),
]);

test('CTRF has a status for each result, and times in milliseconds', () => {
  expect(ctrfReport(RUN)).toMatchObject({
    reportFormat: 'CTRF',
    results: {
      summary: { tests: 4, passed: 1, failed: 1, skipped: 1, pending: 0, other: 1, start: 1_000, stop: 3_000 },
      tests: [
        { status: 'failed', duration: 800, start: 1_000, stop: 1_800, message: 'it was 4', line: 45, threadId: '7' },
        { status: 'passed' },
        { status: 'skipped', message: 'no cap' },
        { status: 'other', rawStatus: 'known red' },
      ],
    },
  });
});

test('CTRF has the attempts before the last one, and whether it is flaky', () => {
  expect(ctrfReport(RUN)).toMatchObject({
    results: {
      summary: { flaky: 1 },
      tests: [
        { flaky: false },
        {
          flaky: true,
          retries: 2,
          retryAttempts: [
            { attempt: 1, status: 'failed', duration: 700, message: 'it was 4' },
            { attempt: 2, status: 'failed' },
          ],
        },
        {},
        {},
      ],
    },
  });
});

test('CTRF is valid against the schema of its authors', () => {
  expect(validate(ctrfReport(RUN))).toMatchObject({ valid: true });
  expect(validate({ ...ctrfReport(RUN), more: 1 })).toMatchObject({ valid: false });
  expect(validate(ctrfReport(runOf([])))).toMatchObject({ valid: true });
});
