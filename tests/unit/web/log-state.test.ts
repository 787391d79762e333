import { NO_LOG, withEvent, type LogState } from '../../../web/platform/parts/log-state';

type Event = Parameters<typeof withEvent>[1];

const event = (name: string, data: string, id: string | null = null): Event => ({ name, data, id });
const after = (events: readonly Event[], kept?: number): LogState =>
  events.reduce((log, each) => withEvent(log, each, kept), NO_LOG);

test('a log is what its stream sent, up to its end', () => {
  const events = [event('waiting', 'requested'), event('content', 'a\n', '2'), event('append', 'é\n', '5')];

  expect(after(events)).toEqual({ text: 'a\né\n', dropped: 0, offset: 5, isComplete: false, error: null });
  expect(after([...events, event('done', 'completed')])).toMatchObject({ text: 'a\né\n', isComplete: true });
});

test('the output of another attempt replaces the log', () => {
  expect(after([event('content', 'first', '5'), event('content', 'second', '6')])).toMatchObject({
    text: 'second',
    offset: 6,
  });
});

test('of a long log the end is kept, and what is left out is counted', () => {
  const log = after([event('content', '123', '3'), event('append', '456', '6'), event('append', '78', '8')], 4);

  expect(log).toMatchObject({ text: '5678', dropped: 4, offset: 8 });
});

test('an error of the stream ends the log', () => {
  expect(after([event('content', 'a', '1'), event('error', 'Execution 7 not found')])).toEqual({
    text: 'a',
    dropped: 0,
    offset: 1,
    isComplete: true,
    error: new Error('Execution 7 not found'),
  });
});
