import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** Of a line, characters. */
const MOST_CHARACTERS = 500;

/** The last lines of a stream that are no entries of the log. */
export interface LastLines {
  /** Oldest first. */
  read(): readonly string[];
}

/** Keeps them while the stream is read: an entry has been logged as what it is. */
export function keepLastLines(stream: Readable, most: number): LastLines {
  const lines: string[] = [];
  createInterface(stream).on('line', (line) => {
    if (line.startsWith('{') || line.trim() === '') return;
    lines.push(line.slice(0, MOST_CHARACTERS));
    if (lines.length > most) lines.shift();
  });
  return { read: () => lines };
}
