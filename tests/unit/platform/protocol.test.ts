import { clientErrorMessage, notificationFrame, parseCommand } from '../../../platform/notifier/protocol';
import { findToken } from '../../../platform/notifier/authenticate-socket';
import { TokenBucket } from '../../../platform/notifier/token-bucket';

test('the three commands are parsed', () => {
  expect([
    parseCommand('{"type":"ping"}', true),
    parseCommand('{"type":"subscribe","filter":"all"}', true),
    parseCommand('{"type":"unsubscribe","filter":"user:7","more":1}', true),
  ]).toEqual([
    { type: 'ping' },
    { type: 'subscribe', filter: { key: 'all', user: null } },
    { type: 'unsubscribe', filter: { key: 'user:7', user: 7 } },
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
])('%s is rejected with the valid forms', (text) => {
  let message: string | null = null;
  try {
    parseCommand(text, true);
  } catch (error) {
    message = clientErrorMessage(error);
  }
  expect(message).toMatch(/give /);
});

test('an internal error has no text for the client', () => {
  expect(clientErrorMessage(new Error('ours'))).toBeNull();
});

test('a frame contains the payload as the database wrote it', () => {
  const notification = {
    tenant: 1,
    type: 'event_created',
    entityType: 'event',
    entity: 3,
    owner: null,
    payload: '{"id" : 3}',
    created: '2026-01-27T10:00:00.123456Z',
  };
  expect(JSON.parse(notificationFrame(notification).toString('utf8'))).toEqual({
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
])('from %j the token is %s', (headers, token) => {
  expect(findToken({ headers })).toBe(token);
});

test('the token bucket allows a burst, refills, and counts long frames as many', () => {
  const bucket = new TokenBucket(0);
  expect(Array.from({ length: 2_000 }, () => bucket.take(60, 0))).not.toContain(false);
  expect(bucket.take(60, 0)).toBe(false);
  expect(bucket.take(60, 1_000)).toBe(true);
  expect(new TokenBucket(0).take(2_000 * 1_024, 0)).toBe(false);
});
