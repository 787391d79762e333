import { ackInResult, effectiveStatus, evaluateAck } from '../../../platform/core/queue/acknowledgement';

const ack = (...items: object[]) => ({ version: 1, items }) as never;
const done = (id: number) => ({ id, status: 'completed' });

test('an acknowledgement of exactly the leased items is valid', () => {
  expect(evaluateAck(ack(done(2), done(1)), [1, 2], 1)).toEqual({ is: 'valid', items: [done(2), done(1)] });
});

test.each([
  ['none', undefined, 'QUEUE_ACK_MISSING', 'the output has no queue_ack'],
  ['no object', 7, 'QUEUE_ACK_INVALID', 'queue_ack must be an object'],
  ['an unknown key', { version: 1, items: [], extra: 1 }, 'QUEUE_ACK_INVALID', 'queue_ack.extra is unknown'],
  ['another version', { version: 2, items: [] }, 'QUEUE_ACK_INVALID', 'queue_ack.version must be 1'],
  ['no list', { version: 1 }, 'QUEUE_ACK_INVALID', 'queue_ack.items must be a list'],
  ['a missing item', ack(done(1)), 'QUEUE_ACK_INVALID', 'queue_ack.items lacks 2'],
  ['a foreign item', ack(done(3)), 'QUEUE_ACK_INVALID', 'queue_ack.items[0] is not one of the leased items'],
  [
    'an item twice',
    ack(done(1), done(1)),
    'QUEUE_ACK_INVALID',
    'queue_ack.items[1] is a second acknowledgement of its item',
  ],
  [
    'an unknown status',
    ack({ id: 1, status: 'leased' }),
    'QUEUE_ACK_INVALID',
    'queue_ack.items[0] must have a status of completed, retry, failed, skipped',
  ],
  [
    'an unknown key of an item',
    ack({ ...done(1), note: '' }),
    'QUEUE_ACK_INVALID',
    'queue_ack.items[0] has the unknown key note',
  ],
])('an acknowledgement with %s is invalid', (_what, value, code, message) => {
  expect(evaluateAck(value as never, [1, 2], 1)).toEqual({ is: 'invalid', code, message });
});

test('an acknowledgement is found in parsed output and in a line of text', () => {
  const text = 'working\n{"queue_ack": {"items": []}}\n';
  expect(ackInResult({ data: { queue_ack: 1 } })).toBe(1);
  expect(ackInResult({ stdout: text })).toEqual({ items: [] });
  expect(ackInResult({ stdout: 'no JSON' })).toBeUndefined();
  expect(ackInResult({ data: [1] })).toBeUndefined();
});

test('an item is tried again while its attempts are within the limit', () => {
  expect([1, 2, 3].map((attempts) => effectiveStatus('retry', attempts, 2))).toEqual(['retry', 'retry', 'failed']);
  expect(effectiveStatus('skipped', 9, 0)).toBe('skipped');
});
