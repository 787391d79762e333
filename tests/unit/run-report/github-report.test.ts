import { githubReport } from '../../../helpers/run-report/github-report';
import { attempt, claimOf, failure, runOf } from './runs';

test('a failed claim is an error at its line, on one line', () => {
  const claim = claimOf({ result: 'failed', failure: failure({ summary: '50 %\nof: it' }) });

  expect(githubReport(runOf([claim, claimOf({ id: 'T2.8a' })]))).toBe(
    '::error file=tests/e2e/tier2/t2-08-retry-policy.test.ts,line=45,col=3,title=T2.8b a task that always fails ends failed' +
      "::50 %25%0Aof: it%0Aagain: npx jest tests/e2e/tier2/t2-08-retry-policy.test.ts -t '^T2.8b '\n",
  );
});

test('a flaky claim is a warning at the line of its failed attempt', () => {
  expect(githubReport(runOf([claimOf({ attempts: [attempt()] })]))).toMatch(
    /^::warning file=.*,line=45,col=3,title=.*::it failed, and passed when it ran again%0Ait was 4%0A/,
  );
});

test('each reason of the exit code is an error without a line', () => {
  const reasons = ['T2.8d is not proven', 'T2.8e, T2.8f are green'];

  expect(githubReport({ ...runOf([claimOf()]), exit: 5, reasons })).toBe(
    '::error title=Run m3x9::T2.8d is not proven\n::error title=Run m3x9::T2.8e, T2.8f are green\n',
  );
  expect(githubReport({ ...runOf([claimOf()]), exit: 0, reasons })).toBe('');
});
