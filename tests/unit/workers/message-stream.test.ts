import { PassThrough } from 'node:stream';
import { once } from 'node:events';
import { openMessageStream } from '../../../platform/workers/rpc/message-stream';

/** What the stream delivers of these bytes, and whether it is still open. */
async function receive(...chunks: readonly (string | Buffer)[]) {
  const stream = new PassThrough();
  const messages: unknown[] = [];
  const closed = once(stream, 'close');
  openMessageStream(stream, { onMessage: (message) => messages.push(message), onClosed: () => undefined });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await closed;
  return messages;
}

test('a message arrives whole, however its bytes are split', async () => {
  const bytes = Buffer.from(`${JSON.stringify({ text: 'ä\u2028b' })}\n[1]\n`);

  const whole = await receive(bytes);
  const bytewise = await receive(...Array.from(bytes, (byte) => Buffer.of(byte)));

  expect(whole).toEqual([{ text: 'ä\u2028b' }, [1]]);
  expect(bytewise).toEqual(whole);
});

test('a line that is no message ends the stream', async () => {
  await expect(receive('[1]\n', 'no message\n', '[2]\n')).resolves.toEqual([[1]]);
});

test('a closed stream drops messages', async () => {
  const stream = new PassThrough();
  const messages = openMessageStream(stream, { onMessage: () => undefined, onClosed: () => undefined });
  stream.destroy();
  await once(stream, 'close');

  expect(() => messages.send([1])).not.toThrow();
});
