import { sseComment, sseEvent, sseMessage } from '../../../platform/api/http/sse';
import { EventParser } from '../../../web/platform/parts/event-parser';

const STREAM =
  sseEvent('waiting', 'requested') +
  sseComment('keep-alive') +
  sseEvent('content', 'a: 1\n\n b\r\n', 9) +
  sseMessage('') +
  sseEvent('done', 'completed');

const EVENTS = [
  { name: 'waiting', data: 'requested', id: null },
  { name: 'content', data: 'a: 1\n\n b\n', id: '9' },
  { name: 'message', data: '', id: null },
  { name: 'done', data: 'completed', id: null },
];

test('the events of a stream are read as the platform writes them', () => {
  expect(new EventParser().push(STREAM)).toEqual(EVENTS);
});

test('pieces of any length give the same events', () => {
  for (const length of [1, 2, 7, 30]) {
    const parser = new EventParser();
    const pieces = STREAM.match(new RegExp(`[^]{1,${length}}`, 'g')) ?? [];

    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(EVENTS);
  }
});

test('an event without its end is kept back', () => {
  const parser = new EventParser();

  expect(parser.push('data: first')).toEqual([]);
  expect(parser.push('\n\n: no event\n\n')).toEqual([{ name: 'message', data: 'first', id: null }]);
});
