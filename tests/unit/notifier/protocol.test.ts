import { complaintOf, frameOf, readCommand } from '../../../platform/notifier/protocol';
import { tokenIn } from '../../../platform/notifier/admission';
import { Allowance } from '../../../platform/notifier/allowance';

test('the three messages are read', () => {
  expect([
    readCommand('{"type":"ping"}'),
    readCommand('{"type":"subscribe","filter":"all"}'),
    readCommand('{"type":"unsubscribe","filter":"user:7","more":1}'),
  ]).toEqual([
    { is: 'ping' },
    { is: 'subscribe', filter: { key: 'all', user: null } },
    { is: 'unsubscribe', filter: { key: 'user:7', user: 7 } },
  ]);
});

test.each([
  '',
  '{',
  'null',
  '[]',
  '7',
  '"subscribe"',
  '{}',
  '{"type":"SUBSCRIBE"}',
  '{"type":"subscribe"}',
  '{"type":7}',
])('%s is answered with what would be right', (text) => {
  let complaint: string | null = null;
  try {
    readCommand(text);
  } catch (error) {
    complaint = complaintOf(error);
  }
  expect(complaint).toMatch(/give /);
});

test('a fault of ours is nobody else’s complaint', () => {
  expect(complaintOf(new Error('ours'))).toBeNull();
});

test('a frame holds the payload as the database wrote it', () => {
  const told = {
    tenant: 1,
    type: 'event_created',
    entityType: 'event',
    entity: 3,
    owner: null,
    payload: '{"id" : 3}',
    created: '2026-01-27T10:00:00.123456Z',
  };
  expect(JSON.parse(frameOf(told).toString('utf8'))).toEqual({
    type: 'notification',
    notification_type: 'event_created',
    entity_type: 'event',
    entity_id: 3,
    user_id: null,
    payload: { id: 3 },
    timestamp: '2026-01-27T10:00:00.123456Z',
  });
});

test.each([
  [{ authorization: 'Bearer a.b.c' }, 'a.b.c'],
  [{ authorization: 'bEaReR   a.b.c ' }, 'a.b.c'],
  [{ 'sec-websocket-protocol': 'attune.v1, attune.jwt.a.b.c' }, 'a.b.c'],
  [{ 'sec-websocket-protocol': 'attune.v1,attune.jwt.a.b.c, other' }, 'a.b.c'],
  [{ authorization: 'Bearer x.y.z', 'sec-websocket-protocol': 'attune.v1, attune.jwt.a.b.c' }, 'x.y.z'],
  [{ 'sec-websocket-protocol': 'attune.jwt.a.b.c, attune.v1' }, null],
  [{ 'sec-websocket-protocol': 'attune.jwt.a.b.c' }, null],
  [{ 'sec-websocket-protocol': 'attune.v1, attune.jwt.' }, null],
  [{ authorization: 'Basic a.b.c' }, null],
  [{ authorization: 'Bearer' }, null],
  [{ cookie: 'attune_access_token=a.b.c' }, null],
  [{}, null],
])('of %j the token is %s', (headers, token) => {
  expect(tokenIn({ headers })).toBe(token);
});

test('an allowance holds a burst, comes back with time, and counts what is long as many', () => {
  const allowance = new Allowance(0);
  expect(Array.from({ length: 2_000 }, () => allowance.spend(60, 0))).not.toContain(false);
  expect(allowance.spend(60, 0)).toBe(false);
  expect(allowance.spend(60, 1_000)).toBe(true);
  expect(new Allowance(0).spend(2_000 * 1_024, 0)).toBe(false);
});
