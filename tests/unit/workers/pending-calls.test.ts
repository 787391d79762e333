import { PendingCalls } from '../../../platform/workers/rpc/pending-calls';

function open() {
  const sent: unknown[] = [];
  return { sent, calls: new PendingCalls((message) => sent.push(JSON.parse(message))) };
}

test('a call names the first one that is not answered', async () => {
  const { calls, sent } = open();
  const first = calls.add('suspendAttempt', [7]);
  void calls.add('suspendAttempt', [8]);
  calls.settle({ id: 1, value: true });
  void calls.add('suspendAttempt', [9]);

  await expect(first).resolves.toBe(true);
  expect(sent).toEqual([
    [1, 'suspendAttempt', [7], 1],
    [2, 'suspendAttempt', [8], 1],
    [3, 'suspendAttempt', [9], 2],
  ]);
});

test('only what the platform has not received is sent again', () => {
  const { calls, sent } = open();
  void calls.add('suspendAttempt', [7]);
  void calls.add('suspendAttempt', [8]);
  sent.splice(0);

  calls.sendAgain([1]);

  expect(calls.ids).toEqual([1, 2]);
  expect(sent).toEqual([[2, 'suspendAttempt', [8], 1]]);
});

test('an error keeps its message and its code', async () => {
  const { calls } = open();
  const call = calls.add('deactivateWorker', []);
  calls.settle({ id: 1, error: { name: 'Error', message: 'no connection', code: '57P01' } });

  await expect(call).rejects.toMatchObject({ message: 'no connection', code: '57P01' });
});

test('a message that the platform would refuse is not sent', async () => {
  const { calls, sent } = open();

  await expect(calls.add('writeLog', ['x'.repeat(33 * 1_024 ** 2)])).rejects.toThrow(RangeError);

  expect(sent).toEqual([]);
});

test('calls reject when the connection is given up', async () => {
  const { calls } = open();
  const waiting = calls.add('deactivateWorker', []);

  calls.close(new Error('it is closed'));

  await expect(waiting).rejects.toThrow('it is closed');
  await expect(calls.add('deactivateWorker', [])).rejects.toThrow('it is closed');
});
