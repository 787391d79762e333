import { closeSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SensorStream } from '../../contract/sensors';
import { codeOf, messageOf } from '../worker/faults';
import { directoryName } from '../worker/surroundings';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
const EARLIER = '.1';

/** Where what a sensor says is kept: the file that is written, and beside it (`.1`) the one before. */
export const sensorLogOf = (directory: string, tenant: number, ref: string, stream: SensorStream): string =>
  join(directory, 'logs', String(tenant), 'sensors', `${directoryName(ref)}.${stream}.log`);

export interface SensorLog {
  write(bytes: Buffer): void;
  /** Closes it. Answers why it is not whole, null where it is. */
  close(): string | null;
}

/** Appends, and begins a new file when one holds half of `limitBytes`: no more than the limit is ever kept. */
export function openSensorLog(path: string, limitBytes: number): SensorLog {
  let problem: string | null = null;
  let file: number | null = null;
  let written = 0;
  const attempt = (work: () => void) => {
    try {
      if (problem === null) work();
    } catch (error) {
      problem = messageOf(error);
    }
  };
  const begin = () => {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    file = openSync(path, 'a', OWNER_ONLY);
    written = statSync(path).size;
  };
  const turn = () => {
    if (file !== null) closeSync(file);
    renameSync(path, path + EARLIER);
    begin();
  };
  const half = Math.max(1, Math.floor(limitBytes / 2));
  return {
    write: (bytes) =>
      attempt(() => {
        if (file === null) begin();
        for (let at = 0; at < bytes.length;) {
          if (written >= half) turn();
          const piece = bytes.subarray(at, at + half - written);
          writeSync(file!, piece);
          written += piece.length;
          at += piece.length;
        }
      }),
    close: () => {
      attempt(() => {
        if (file !== null) closeSync(file);
      });
      file = null;
      return problem;
    },
  };
}

/** What is kept of a stream as text: its last `tail` lines, or all. Empty where nothing was said yet. */
export async function readSensorLog(path: string, tail: number | null): Promise<string> {
  const parts = await Promise.all([bytesOf(path + EARLIER), bytesOf(path)]);
  const text = Buffer.concat(parts).toString('utf8');
  if (tail === null) return text;
  const ended = text.endsWith('\n');
  const lines = (ended ? text.slice(0, -1) : text).split('\n');
  const last = tail === 0 ? [] : lines.slice(-tail);
  return last.length === 0 ? '' : last.join('\n') + (ended ? '\n' : '');
}

const bytesOf = (path: string): Promise<Buffer> =>
  readFile(path).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
