import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../../errors';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';

/** What the platform logs while a test runs. */
export interface PlatformLog {
  /** The last lines since the log was opened, as text. Never throws. */
  print(): string;
}

const MAX_LINES = 10;

/** `path`: the log of the platform; null: it is not accessible, and nothing is printed. */
export function openPlatformLog(path: string | null): PlatformLog {
  if (path === null) return { print: () => '' };
  const start = statSync(path).size;
  return {
    print: () => {
      try {
        const lines = readFileSync(path).subarray(start).toString().split('\n').slice(0, -1);
        return lines.slice(-MAX_LINES).map(describeLine).join('\n');
      } catch (error) {
        return `no log: ${messageOf(error)}`;
      }
    },
  };
}

/** The part of an entry that is printed. */
interface Entry {
  readonly time: number;
  readonly name?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

/** A JSON line of the logger in short; any other line unchanged. */
export function describeLine(line: string): string {
  const entry = parseEntry(line);
  if (entry === null) return line;
  const { time, name, msg, err } = entry;
  const texts = [msg, err?.message].filter((text, n, all) => text !== undefined && all.indexOf(text) === n);
  return [new Date(time).toISOString(), ...(name === undefined ? [] : [name]), texts.join(': ')].join('  ');
}

function parseEntry(line: string): Entry | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = parseJsonText(line) as Entry;
    return typeof entry.time === 'number' ? entry : null;
  } catch {
    return null; // a line that was cut
  }
}
