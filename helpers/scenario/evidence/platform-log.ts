import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { errnoCode, messageOf } from '../../errors';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { repositoryRoot } from '../../repository-root';
import { withSourcePlaces } from './source-frames';

/** What the platform logs while a test runs. */
export interface PlatformLog {
  /**
   * Since the log was opened: each error once, with its count and its innermost frame of the
   * platform; then the last of the other lines. Never throws.
   */
  print(): string;
  /** The errors since the last call that the platform did not handle, oldest first. */
  readFaults(): PlatformFault[];
}

/** An error that the platform did not handle. */
export interface PlatformFault {
  /** The entry in short, and the stack of the error. */
  readonly text: string;
  /** The execution that it concerns; null: the entry names none. */
  readonly execution: number | null;
}

const MAX_LINES = 10;
/** Different errors. */
const MAX_ERRORS = 20;

/** `path`: the log of the platform; null: it is not accessible, and nothing is read. */
export function openPlatformLog(path: string | null): PlatformLog {
  if (path === null) return { print: () => '', readFaults: () => [] };
  const start = statSync(path).size;
  let readTo = start;
  return {
    print: () => {
      try {
        return withSourcePlaces(describeLog(linesOf(readFrom(path, start))), repositoryRoot());
      } catch (error) {
        return `no log: ${messageOf(error)}`;
      }
    },
    readFaults: () => {
      const bytes = readUnlessRemoved(path, readTo);
      const complete = bytes.subarray(0, bytes.lastIndexOf('\n') + 1);
      readTo += complete.length;
      return linesOf(complete).flatMap((line) => faultOf(line) ?? []);
    },
  };
}

/** As `print`, of a whole log. Never throws. */
export const describeLogText = (log: string): string =>
  withSourcePlaces(describeLog(log.split('\n').filter((line) => line !== '')), repositoryRoot());

/** The first error of a log that the platform did not handle; null: there is none. */
export function firstFault(log: string): string | null {
  for (const line of log.split('\n')) {
    const fault = faultOf(line);
    if (fault !== null) return fault.text;
  }
  return null;
}

/**
 * The last error of a log with its innermost frame of the platform, and what it concerned; null:
 * it has none. Never throws.
 */
export function lastLoggedError(log: string): string | null {
  for (const line of log.split('\n').reverse()) {
    const entry = parseEntry(line);
    if (entry !== null && isError(entry)) return withSourcePlaces(describeError(entry), repositoryRoot());
  }
  return null;
}

const describeError = (entry: Entry): string => {
  const concern = concernOf(entry);
  return `${describeEntry(entry)}${concern === null ? '' : `  (${concern})`}${frameOf(entry)}`;
};

/** A platform that has ended has no log: what the test requests then fails, and states so. */
function readUnlessRemoved(path: string, start: number): Buffer {
  try {
    return readFrom(path, start);
  } catch (error) {
    if (errnoCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

function readFrom(path: string, start: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(Math.max(0, statSync(path).size - start));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, start));
  } finally {
    closeSync(file);
  }
}

const linesOf = (bytes: Buffer): string[] => bytes.toString().split('\n').slice(0, -1);

/** The part of an entry that is read. */
interface Entry {
  readonly level?: number;
  readonly time: number;
  readonly name?: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string; readonly stack?: string; readonly code?: string };
  /** Of a crash, instead of an error: its message may contain a secret. */
  readonly frames?: readonly string[];
  readonly error?: unknown;
  readonly route?: string;
  readonly execution?: number;
  /** Entries of the same loop that were counted instead of written. */
  readonly repeated?: number;
  /** Of a notification, as JSON. */
  readonly payload?: unknown;
}

/** A JSON line of the logger in short; any other line unchanged. */
export function describeLine(line: string): string {
  const entry = parseEntry(line);
  return entry === null ? line : describeEntry(entry);
}

function describeEntry({ time, name, msg, route, err, error }: Entry): string {
  const cause = err?.message ?? (typeof error === 'string' ? error : undefined);
  const texts = [msg, cause].filter((text, n, all) => text !== undefined && all.indexOf(text) === n);
  const parts = [name, route].filter((part) => part !== undefined);
  return [new Date(time).toISOString(), ...parts, texts.join(': ')].join('  ');
}

function describeLog(lines: readonly string[]): string {
  const errors = new Map<string, ErrorGroup>();
  const others: string[] = [];
  for (const line of lines) {
    const entry = parseEntry(line);
    if (entry === null || !isError(entry)) others.push(line);
    else {
      const key = describeEntry({ ...entry, time: 0 }) + frameOf(entry);
      const known = errors.get(key);
      if (known) known.entries.push(entry);
      else errors.set(key, { entries: [entry] });
    }
  }
  const shown = [...errors.values()].slice(0, MAX_ERRORS);
  return [
    ...shown.map(describeErrors),
    ...(errors.size > shown.length ? [`… ${errors.size - shown.length} other errors`] : []),
    ...others.slice(-MAX_LINES).map(describeLine),
  ].join('\n');
}

const isError = (entry: Entry): boolean =>
  (entry.level ?? 0) >= ERROR_LEVEL || entry.err !== undefined || (entry.frames?.length ?? 0) > 0;

/** Entries that differ in their time and in what they concern. */
interface ErrorGroup {
  readonly entries: [Entry, ...Entry[]];
}

const MAX_CONCERNS = 5;

function describeErrors({ entries }: ErrorGroup): string {
  const concerns = [...new Set(entries.flatMap((entry) => concernOf(entry) ?? []))];
  const shown = concerns.slice(0, MAX_CONCERNS).join(', ') + (concerns.length > MAX_CONCERNS ? ', …' : '');
  const [first] = entries;
  const count = entries.reduce((sum, { repeated = 0 }) => sum + 1 + repeated, 0);
  return `${count} × ${describeEntry(first)}${shown === '' ? '' : `  (${shown})`}${frameOf(first)}`;
}

function concernOf(entry: Entry): string | null {
  const execution = executionOf(entry);
  if (execution !== null) return `execution ${execution}`;
  return typeof entry.payload === 'string' ? entry.payload : null;
}

/** The innermost frame that is neither of a package nor of Node, on a line of its own. */
function frameOf({ err, frames }: Entry): string {
  const all = frames ?? (err?.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const own = all.find((frame) => !/node_modules|\(node:|at node:/.test(frame)) ?? all[0];
  return own === undefined ? '' : `\n      ${own.trim()}`;
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

/** The level from which on an entry reports an error. */
const ERROR_LEVEL = 50;
/**
 * Errors that the platform's own loops expect and repeat: a lost connection, a statement that was
 * cancelled or has to be repeated, a database that starts or has no room.
 */
const EXPECTED_CODES = /^(08|40|53|55|57)|^E[A-Z]+$/;

function faultOf(line: string): PlatformFault | null {
  const entry = parseEntry(line);
  if (entry === null || (entry.level ?? 0) < ERROR_LEVEL || entry.err?.stack === undefined) return null;
  if (EXPECTED_CODES.test(entry.err.code ?? '')) return null;
  const text = `${describeEntry(entry)}\n${entry.err.stack}`;
  return { text: withSourcePlaces(text, repositoryRoot()), execution: executionOf(entry) };
}

const EXECUTION_OF_NOTIFICATION = /"execution":(\d+)/;

function executionOf({ execution, payload }: Entry): number | null {
  if (typeof execution === 'number') return execution;
  const notified = typeof payload === 'string' ? EXECUTION_OF_NOTIFICATION.exec(payload) : null;
  return notified === null ? null : Number(notified[1]);
}
