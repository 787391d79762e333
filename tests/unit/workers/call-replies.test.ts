import type { Reply } from '../../../platform/workers/rpc/rpc';
import type { StandaloneAccess } from '../../../platform/workers/rpc/standalone-protocol';
import { NotRegistered } from '../../../platform/workers/access/not-registered';
import { openLog } from '../../../platform/files/open-log';
import { CallReplies, TooManyCalls } from '../../../platform/workers/standalone/server/call-replies';

/** A platform with these calls, and what it sends. */
function open(calls: Partial<StandaloneAccess>) {
  const sent: Reply[] = [];
  const logged: string[] = [];
  const replies = new CallReplies(calls as StandaloneAccess, (reply) => sent.push(reply), {
    worker: 'w1',
    log: openLog({ write: (line) => void logged.push(line) }),
  });
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { replies, sent, logged, settled };
}

test('a call that is sent again runs once, and is answered again', async () => {
  const markStarted = jest.fn(() => Promise.resolve(true));
  const { replies, sent, settled } = open({ markStarted });

  replies.receive([1, 'markStarted', [7, 1.5], 1]);
  replies.receive([1, 'markStarted', [7, 1.5], 1]);
  await settled();
  replies.receive([1, 'markStarted', [7, 1.5], 1]);

  expect(markStarted.mock.calls).toEqual([[7, 1.5]]);
  expect(sent).toEqual([
    { id: 1, value: true },
    { id: 1, value: true },
  ]);
});

test.each([
  ['has called before it registered', new NotRegistered(), 0],
  ['meets a fault of the platform', new Error('no such row'), 1],
])('a worker that %s is answered, and the platform logs its own faults', async (_, error, entries) => {
  const { replies, sent, logged, settled } = open({ claimExecutions: () => Promise.reject(error) });
  replies.receive([1, 'claimExecutions', [4], 1]);
  await settled();

  expect(sent).toEqual([{ id: 1, error: { name: error.name, message: error.message, code: undefined } }]);
  expect(logged).toHaveLength(entries);
});

test('a connection that is opened again gets the replies that it waits for', async () => {
  const { replies, sent, settled } = open({ suspendAttempt: () => Promise.resolve(false) });
  replies.receive([1, 'suspendAttempt', [7], 1]);
  replies.receive([2, 'suspendAttempt', [8], 1]);
  await settled();
  sent.splice(0);

  expect(replies.known([1, 2, 3])).toEqual([1, 2]);
  replies.sendAgain([2, 3]);

  expect(sent).toEqual([{ id: 2, value: false }]);
});

test('a reply is forgotten when it has arrived, and its call is not run again', async () => {
  const suspendAttempt = jest.fn(() => Promise.resolve(true));
  const { replies, settled } = open({ suspendAttempt });
  replies.receive([1, 'suspendAttempt', [7], 1]);
  await settled();
  replies.receive([2, 'suspendAttempt', [8], 2]);
  replies.receive([1, 'suspendAttempt', [7], 1]);
  await settled();

  expect(replies.known([1, 2])).toEqual([2]);
  expect(suspendAttempt.mock.calls).toEqual([[7], [8]]);
});

test.each([
  ['is no call', 'constructor', []],
  ['has an argument of another type', 'markStarted', ['7', 1]],
  ['has too many arguments', 'suspendAttempt', [7, 8]],
  ['has an outcome of another form', 'finishAttempt', [7, { status: 'running' }]],
  ['has text that is not base64', 'writeLog', [7, 'stdout', 0, '<>']],
  ['writes an entry that no worker writes', 'appendAttemptLog', [7, 'EXECUTION_COMPLETED', {}]],
])('what %s is refused', async (_what, call, args) => {
  const method = jest.fn();
  const { replies, sent, settled } = open({
    markStarted: method,
    suspendAttempt: method,
    finishAttempt: method,
    writeLog: method,
    appendAttemptLog: method,
  });

  replies.receive([1, call, args, 1]);
  await settled();

  expect(sent).toMatchObject([{ id: 1, error: { name: 'TypeError' } }]);
  expect(method).not.toHaveBeenCalled();
});

test('a worker may not wait for more calls than it has reasons for', () => {
  const { replies } = open({ suspendAttempt: () => new Promise(() => undefined) });
  for (let id = 1; id <= 5_000; id++) replies.receive([id, 'suspendAttempt', [7], 1]);

  expect(() => replies.receive([5_001, 'suspendAttempt', [7], 1])).toThrow(TooManyCalls);
});
