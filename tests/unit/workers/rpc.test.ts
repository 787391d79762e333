import { RpcClient, type Call } from '../../../platform/workers/rpc/rpc';
import { MAX_WORKER_MESSAGE_BYTES } from '../../../platform/workers/rpc/standalone-protocol';

function open() {
  const sent: Call[] = [];
  return { sent, client: new RpcClient((call) => sent.push(call), MAX_WORKER_MESSAGE_BYTES) };
}

test('a call names the first one that is not answered', async () => {
  const { client, sent } = open();
  const first = client.call('suspendAttempt', [7]);
  void client.call('suspendAttempt', [8]);
  client.receive({ id: 1, value: true });
  void client.call('suspendAttempt', [9]);

  await expect(first).resolves.toBe(true);
  expect(sent).toEqual([
    [1, 'suspendAttempt', [7], 1],
    [2, 'suspendAttempt', [8], 1],
    [3, 'suspendAttempt', [9], 2],
  ]);
});

test('only what the platform has not received is sent again', () => {
  const { client, sent } = open();
  void client.call('suspendAttempt', [7]);
  void client.call('suspendAttempt', [8]);
  sent.splice(0);

  client.sendAgain([1]);

  expect(client.pendingIds).toEqual([1, 2]);
  expect(sent).toEqual([[2, 'suspendAttempt', [8], 1]]);
});

test('an error keeps its message and its code', async () => {
  const { client } = open();
  const call = client.call('deactivateWorker', []);
  client.receive({ id: 1, error: { name: 'Error', message: 'no connection', code: '57P01' } });

  await expect(call).rejects.toMatchObject({ message: 'no connection', code: '57P01' });
});

test('a message that the platform would refuse is not sent', async () => {
  const { client, sent } = open();

  await expect(client.call('writeLog', ['x'.repeat(33 * 1_024 ** 2)])).rejects.toThrow(RangeError);

  expect(sent).toEqual([]);
});

test('calls reject when the connection is given up', async () => {
  const { client } = open();
  const waiting = client.call('deactivateWorker', []);

  client.close(new Error('it is closed'));

  await expect(waiting).rejects.toThrow('it is closed');
  await expect(client.call('deactivateWorker', [])).rejects.toThrow('it is closed');
});
