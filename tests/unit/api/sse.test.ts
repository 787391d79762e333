import { EventStream, sseComment, sseEvent, sseMessage } from '../../../platform/api/http/sse';
import { MAX_BUFFERED_BYTES } from '../../../platform/notifier/backpressure';

test('each line of the text is a data line of the event', () => {
  expect(sseEvent('append', 'a\nb\r\nc\rd')).toBe('event: append\ndata: a\ndata: b\ndata: c\ndata: d\n\n');
});

test('an event carries its id, a message neither id nor name', () => {
  expect(sseEvent('content', 'x', 7)).toBe('event: content\nid: 7\ndata: x\n\n');
  expect(sseMessage('{"id":7}')).toBe('data: {"id":7}\n\n');
});

test('an event stream sends what was written before its end', async () => {
  const stream = new EventStream(() => undefined);
  stream.write(sseComment('listening'));
  stream.write(sseMessage('1'));
  stream.end();
  stream.write(sseMessage('2'));

  const chunks = await stream.body.map(String).toArray();

  expect(chunks.join('')).toBe(': listening\n\ndata: 1\n\n');
});

test('an event stream closes when its client leaves too much unread', async () => {
  const isClosed = new Promise<boolean>((resolve) => {
    const stream = new EventStream(() => resolve(true));
    stream.write('x'.repeat(MAX_BUFFERED_BYTES / 2));
    expect(stream.isSlow).toBe(true);
    stream.write('x'.repeat(MAX_BUFFERED_BYTES));
  });

  expect(await isClosed).toBe(true);
});
