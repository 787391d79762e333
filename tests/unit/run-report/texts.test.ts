import { failureText } from '../../../helpers/run-report/failure-text';
import { htmlReport } from '../../../helpers/run-report/html-report';
import { redactTexts } from '../../../helpers/run-report/redact-model';
import { summaryText } from '../../../helpers/run-report/summary-text';
import { claimOf, failure, node, runOf } from './runs';
import { tracedClaim } from './traced-run';

const red = (more = {}) => claimOf({ result: 'failed', failure: failure(more) });

test('the text of a failure begins with the promise and what was seen', () => {
  const text = failureText(red(), failure(), runOf([]));

  expect(text.split('\n').slice(0, 9)).toEqual([
    '# Broken: a task that always fails ends failed',
    '',
    '**Seen:** it was 4',
    '',
    '* claim T2.8b, at `tests/e2e/tier2/t2-08-retry-policy.test.ts:45:3`',
    '* of the promise: a failed task is retried.',
    '* failed after 0.8 s (expected: 0.9 s), before its limit of 25.0 s',
    '* target: tuningfork 0.1.0 (started), run m3x9; host: load factor 1.0',
    "* again: `npx jest tests/e2e/tier2/t2-08-retry-policy.test.ts -t '^T2.8b '`",
  ]);
});

test('the text of a failure names the first places to look at', () => {
  const candidates = ['platform/a.ts one', 'platform/b.sql'];

  expect(failureText(red(), failure({ candidates }), runOf([]))).toContain(
    '\n* look first at `platform/a.ts one`, `platform/b.sql`\n* target: ',
  );
});

test('the limit decided where a wait or the test timed out', () => {
  const text = (error: string) => failureText(red(), failure({ error }), runOf([]));

  expect(text('WAIT_TIMED_OUT: waited for execution 41')).toContain('* its limit of 25.0 s decided: it failed after');
  expect(text('it was 4')).toContain('before its limit of 25.0 s');
});

test('the text has the last change of an execution, and its time', () => {
  const claim = tracedClaim();

  expect(failureText(claim, claim.failure!, runOf([]))).toContain(
    '* last change: AGENT_RESPONSE of execution 42, 0.7 s before its end',
  );
  expect(failureText({ ...claim, time: 'virtual time' }, claim.failure!, runOf([]))).toContain(
    '* last change: AGENT_RESPONSE of execution 42\n',
  );
});

test('the text has the deciding requests with their bodies, and counts others', () => {
  const request = { at: 1_100, method: 'POST', path: '/api/v1/workflows', status: 201, ms: 12 };
  const deciding = [{ ...request, query: '', sent: '{"ref":"a"}', received: null }];
  const text = (more: object) => failureText(red(), failure({ requests: [request, request], ...more }), runOf([]));

  expect(text({ deciding })).toContain(
    '## Deciding requests\n\n```text\n   0.000 s  POST /api/v1/workflows returned 201\n    sent: {"ref":"a"}\n… 1 other requests\n```',
  );
  expect(text({})).not.toContain('Deciding requests');
});

test('a fence of a text is longer than any in it', () => {
  expect(failureText(red(), failure({ error: '````\nx' }), runOf([]))).toContain('`````text\n````\nx\n`````');
});

test('a large tree shows what failed, and the number of the others', () => {
  const nodes = [
    node(1, 0, 'flow'),
    ...Array.from({ length: 50 }, (_, n) => node(n + 2, 1, 'each', { index: n })),
    node(99, 1, 'last', { status: 'failed', error: 'no\nmore' }),
  ];
  const text = failureText(
    red(),
    failure({ executions: [{ id: 1, nodes, entries: [], reasons: [], lacks: [] }] }),
    runOf([]),
  );

  expect(text).toContain('  99 last  failed  from 0.050 s to 0.150 s  no\n');
  expect(text).toContain('… 12 others');
});

test('a text has what an execution waits for, where that is stated', () => {
  const textWith = (reasons: string[]) => {
    const executions = [{ id: 1, nodes: [node(1, 0, 'flow')], entries: [], reasons, lacks: [] }];
    return failureText(red(), failure({ executions }), runOf([]));
  };

  expect(textWith(['one', 'two'])).toContain('## What execution 1 waits for\n\n```text\none\ntwo\n```');
  expect(textWith([])).not.toContain('waits for');
});

test('of many executions, the newest and those of the error are shown whole', () => {
  const executions = Array.from({ length: 12 }, (_, n) => {
    const root = node(n + 1, 0, `flow-${n + 1}`, { status: n === 1 ? 'failed' : 'completed' });
    return { id: n + 1, nodes: [root], entries: [], reasons: [], lacks: [] };
  });

  const text = failureText(red(), failure({ error: 'waited for execution 3 to be completed', executions }), runOf([]));

  expect([...text.matchAll(/^## Execution (\d+)$/gm)].map(([, id]) => id)).toEqual(['3', '8', '9', '10', '11', '12']);
  expect(text).toContain('\n2 flow-2  failed  from 0.050 s to 0.150 s\n4 flow-4  completed');
});

test('the summary names each failed claim once, and counts the others', () => {
  const text = summaryText(runOf([red(), claimOf({ id: 'T2.8a' }), claimOf({ id: 'T2.8c' })]));

  expect(text).toContain('1 failed, 2 passed');
  expect(text).toContain('| T2.8b | a task that always fails ends failed |');
  expect(text).not.toContain('T2.8a');
});

test('no text of a run ends the element that it is in', () => {
  const page = htmlReport(runOf([red({ error: '</script><script>alert(1)</script>' })]), {
    script: 'run("</script>")',
    style: '',
  });

  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script>/g)).toHaveLength(2);
  const [, json = ''] = /type="application\/json">(.*)<\/script>/.exec(page) ?? [];
  expect(JSON.parse(json)).toEqual(runOf([red({ error: '</script><script>alert(1)</script>' })]));
});

test('every text of a model is redacted, on any level', () => {
  const redacted = redactTexts({ a: 'pass', b: ['pass', { c: 'pass', d: 1, e: null }] }, (text) => `${text}!`);

  expect(redacted).toEqual({ a: 'pass!', b: ['pass!', { c: 'pass!', d: 1, e: null }] });
});
