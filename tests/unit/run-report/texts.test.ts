import { failureText } from '../../../helpers/run-report/failure-text';
import { htmlReport } from '../../../helpers/run-report/html-report';
import { redactTexts } from '../../../helpers/run-report/redact-model';
import { summaryText } from '../../../helpers/run-report/summary-text';
import { claimOf, failure, node, runOf } from './runs';

const red = (more = {}) => claimOf({ result: 'failed', failure: failure(more) });

test('the text of a failure has promise, observation, line and command', () => {
  const text = failureText(red(), failure(), runOf([]));

  expect(text).toContain('# T2.8b a task that always fails ends failed\n');
  expect(text).toContain('**Promised:** a failed task is retried.\n');
  expect(text).toContain('**Seen:** it was 4\n');
  expect(text).toContain('* test: `tests/e2e/tier2/t2-08-retry-policy.test.ts:45:3`\n');
  expect(text).toContain("-t '^T2.8b '`\n");
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
  const text = failureText(red(), failure({ executions: [{ id: 1, nodes, entries: [], lacks: [] }] }), runOf([]));

  expect(text).toContain('  99 last  failed  from 0.050 s to 0.150 s  no\n');
  expect(text).toContain('… 12 others');
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
