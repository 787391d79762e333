import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode, errorMessage } from '../base/error-details';
import { lastLines } from './last-lines';

const OWNER_ONLY_FILE = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
const ROTATED_SUFFIX = '.1';

export interface SensorLog {
  write(bytes: Buffer): void;
  /** Returns the error after which nothing was written; null: the log is complete. */
  close(): string | null;
}

/**
 * Appends; rotates when the file has half of `limitBytes`, so that two files stay below the limit.
 */
export function openSensorLog(path: string, limitBytes: number): SensorLog {
  let problem: string | null = null;
  let file: number | null = null;
  let written = 0;
  const unlessFailed = (work: () => void) => {
    try {
      if (problem === null) work();
    } catch (error) {
      problem = errorMessage(error);
    }
  };
  const openFile = () => {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    file = openSync(path, 'a', OWNER_ONLY_FILE);
    written = statSync(path).size;
  };
  const rotate = () => {
    if (file !== null) closeSync(file);
    renameSync(path, path + ROTATED_SUFFIX);
    openFile();
  };
  const maxFileBytes = Math.max(1, Math.floor(limitBytes / 2));
  return {
    write: (bytes) =>
      unlessFailed(() => {
        if (file === null) openFile();
        for (let offset = 0; offset < bytes.length;) {
          if (written >= maxFileBytes) rotate();
          const piece = bytes.subarray(offset, offset + maxFileBytes - written);
          writeSync(file!, piece);
          written += piece.length;
          offset += piece.length;
        }
      }),
    close: () => {
      unlessFailed(() => {
        if (file !== null) closeSync(file);
      });
      file = null;
      return problem;
    },
  };
}

/** The kept output of a stream: its last `tail` lines, or all. Empty where there is none. */
export async function readSensorLog(path: string, tail: number | null): Promise<string> {
  const parts = await Promise.all([readOrEmpty(path + ROTATED_SUFFIX), readOrEmpty(path)]);
  const text = Buffer.concat(parts).toString('utf8');
  return tail === null ? text : lastLines(text, tail);
}

const readOrEmpty = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
