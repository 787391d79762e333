import { createParser } from 'eventsource-parser';

/** One message of a stream of server-sent events. */
export interface ServerEvent {
  event: string;
  /** Empty without an id. */
  id: string;
  data: string;
}

/**
 * Parses a stream of server-sent events; comments are ignored. Text after the last blank line is
 * not a message.
 */
export async function* parseServerEvents(chunks: AsyncIterable<Buffer | string>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  const received: ServerEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = 'message', id = '', data }) => void received.push({ event, id, data }),
  });
  for await (const chunk of chunks) {
    parser.feed(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
    yield* received.splice(0);
  }
}
