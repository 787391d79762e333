import type { Duplex } from 'node:stream';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';

/** A longer message ends the connection. */
const MAX_MESSAGE_BYTES = 128 * 1_024 * 1_024;
const NEWLINE = 0x0a;

/** JSON documents over a stream, one a line. */
export interface MessageStream {
  /** Does nothing once the stream is closed. */
  send(message: unknown): void;
  close(): void;
}

interface MessageHandlers {
  onMessage(message: unknown): void;
  /** The other end has closed the stream, or sent what is not a message. */
  onClosed(): void;
}

export function openMessageStream(stream: Duplex, { onMessage, onClosed }: MessageHandlers): MessageStream {
  const handleBytes = splitLines((line) => onMessage(parseJsonText(line)), MAX_MESSAGE_BYTES);
  stream.on('data', (bytes: Buffer) => {
    try {
      handleBytes(bytes);
    } catch {
      stream.destroy(); // its text may contain a secret: the end alone is reported
    }
  });
  stream.on('error', () => undefined); // followed by `close`
  stream.on('end', () => stream.destroy()).on('close', onClosed);
  return {
    send: (message) => {
      if (stream.writable) stream.write(`${writeJson(message)}\n`);
    },
    close: () => stream.destroy(),
  };
}

/** Calls `onLine` for each line of the bytes that it is given. Throws for a longer line. */
function splitLines(onLine: (line: string) => void, maxBytes: number): (bytes: Buffer) => void {
  let parts: Buffer[] = [];
  let pendingBytes = 0;
  return (bytes) => {
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      const line = Buffer.concat([...parts, bytes.subarray(start, end)]).toString('utf8');
      parts = [];
      pendingBytes = 0;
      start = end + 1;
      onLine(line);
    }
    if (start === bytes.length) return;
    parts.push(bytes.subarray(start));
    pendingBytes += bytes.length - start;
    if (pendingBytes > maxBytes) throw new RangeError('a line is too long');
  };
}
