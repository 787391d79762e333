/** One server-sent event. */
export interface ServerEvent {
  readonly name: string;
  readonly data: string;
  /** Of this event; null: it has none. */
  readonly id: string | null;
}

const LINE_END = /\r\n|\n|\r/;

/**
 * Cuts the text of a stream of server-sent events, which arrives in pieces, into events. Comments,
 * and an event whose end has not arrived, are left out.
 */
export class EventParser {
  private rest = '';

  /** The events that this piece completes. */
  push(piece: string): ServerEvent[] {
    const blocks = (this.rest + piece).split(/\n\n|\r\n\r\n|\r\r/);
    this.rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}

function eventOf(block: string): ServerEvent | null {
  const fields = block
    .split(LINE_END)
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => /^([^:]*):? ?(.*)$/.exec(line)!);
  const values = (name: string): string[] => fields.flatMap(([, key, value]) => (key === name ? [value!] : []));
  if (values('data').length === 0) return null;
  return {
    name: values('event').at(-1) ?? 'message',
    data: values('data').join('\n'),
    id: values('id').at(-1) ?? null,
  };
}
