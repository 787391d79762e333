import { foldedText } from '../../../../helpers/scenario/evidence/folded-text';
import { decidingRequests } from '../../../../helpers/scenario/evidence/deciding-requests';
import { createSentRequests } from '../../../../helpers/scenario/sent-requests';
import type { ObservedRequest } from '../../../../helpers/scenario/sent-request';

const request = (method: string, path: string, more: Partial<ObservedRequest> = {}): ObservedRequest => ({
  at: 5,
  method,
  path: `/api/v1${path}`,
  query: '',
  status: 200,
  ms: 3,
  ...more,
});
const REQUESTED = request('POST', '/executions/execute', {
  execution: 41,
  bodies: { sent: { action_ref: 'demo.step' }, received: { data: { id: 41 } } },
});

const placesOf = (requests: readonly ObservedRequest[], error: string): string[] =>
  decidingRequests(requests, error).map(({ method, path, query }) => `${method} ${path.slice(7)}${query}`);

test('a request about an execution that the error names decided it', () => {
  const requests = [
    REQUESTED,
    request('GET', '/executions/410'),
    request('GET', '/executions', { query: '?parent=41' }),
    request('GET', '/executions/41/logs'),
    request('POST', '/executions/42/cancel'),
  ];

  expect(placesOf(requests, 'WAIT_TIMED_OUT: waited for execution 41 to be completed')).toEqual([
    'POST /executions/execute',
    'GET /executions?parent=41',
    'GET /executions/41/logs',
  ]);
  expect(decidingRequests([REQUESTED], 'execution 41')).toEqual([
    expect.objectContaining({ sent: '{"action_ref":"demo.step"}', received: '{"data":{"id":41}}' }),
  ]);
});

test.each([
  ['a rejected request', 'CONFLICT: POST /rules returned 409: taken', ['POST /rules']],
  ['another kind of row', 'inquiry 7 is pending', ['GET /inquiries/7']],
  ['a name of the test', '- "e2e-1-t2-08-a-rule-x"', ['POST /rules', 'GET /rules/e2e-1-t2-08-a-rule-x']],
])('an error names %s', (_kind, error, expected) => {
  const requests = [
    request('POST', '/rules', { bodies: { sent: { ref: 'e2e-1-t2-08-a-rule-x' }, received: null } }),
    request('GET', '/rules/e2e-1-t2-08-a-rule-x'),
    request('GET', '/inquiries/7'),
    request('GET', '/packs'),
  ];

  expect(placesOf(requests, error)).toEqual(expected);
});

test('an error that names nothing has the last requests, each read once', () => {
  const reads = Array.from({ length: 9 }, (_, at) => request('GET', `/rules/${at % 8}`, { at }));

  expect(decidingRequests(reads, 'expected 3').map(({ path, at }) => [path, at])).toEqual(
    [3, 4, 5, 6, 7, 8].map((at) => [`/api/v1/rules/${at % 8}`, at]),
  );
});

test('only the last requests of a test keep their bodies', () => {
  const sent = createSentRequests();
  for (let n = 0; n < 102; n++) sent.add(request('POST', `/rules/${n}`, { bodies: { sent: { n }, received: null } }));

  const shown = (n: number) => sent.deciding(`POST /rules/${n} returned 500`)[0]!.sent;
  expect([shown(1), shown(2), shown(101)]).toEqual([null, '{"n":2}', '{"n":101}']);
  expect(sent.all()[0]).toEqual({ at: 5, method: 'POST', path: '/api/v1/rules/0', status: 200, ms: 3 });
});

test.each([
  ['nothing', undefined, null],
  ['a text', 'x'.repeat(1_501), `${'x'.repeat(1_500)}… (1501 characters)`],
  ['a long text', { a: 'x'.repeat(201) }, `{"a":"${'x'.repeat(200)}… (201 characters)"}`],
  ['a long list', [1, 2, 3, 4, 5, 6, 7], '[1,2,3,4,5,"… 2 more"]'],
  ['a large integer', { id: 9_007_199_254_740_993n }, '{"id":9007199254740993}'],
  [
    'a secret',
    { login: 'a', password: 'b', schema: { secret: true } },
    '{"login":"a","password":"***","schema":{"secret":true}}',
  ],
  ['an encrypted key', { ref: 'k', value: { a: 1 }, encrypted: true }, '{"ref":"k","value":"***","encrypted":true}'],
  ['a plain key', { ref: 'k', value: 1, encrypted: false }, '{"ref":"k","value":1,"encrypted":false}'],
])('a body that is %s is shown in a bounded size, without secrets', (_kind, body, expected) => {
  expect(foldedText(body)).toBe(expected);
});

test('a secret of the environment is replaced also where a text ends in it', () => {
  process.env.SHORTENED_SECRET = 'a-secret-value';
  try {
    expect(foldedText({ a: `${'x'.repeat(195)}a-secret-value` })).toBe(`{"a":"${'x'.repeat(195)}***"}`);
  } finally {
    delete process.env.SHORTENED_SECRET;
  }
});
