import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { STREAM_NAMES, type StreamName } from '../../contract/executions';
import type { Said } from '../store/artifacts';
import type { Attempt } from './attempt';
import type { Keep } from './capture';
import { messageOf } from './faults';
import type { Ended } from './process';
import { truncationNotice } from './result';
import { streamLogOf, type Surroundings } from './surroundings';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/** What an attempt said, in two files that can be read while it runs: bytes as they came, up to the log limit. */
export interface StreamLogs extends AsyncDisposable {
  readonly keep: Readonly<Record<StreamName, Keep>>;
  /**
   * All is on disk. `stderr`: where it was written, null when nothing was said there. `problem`: why a file is not whole.
   * `said`: what there is to read.
   */
  end(ended: Ended): Promise<{ stderr: string | null; problem: string | null; said: readonly Said[] }>;
}

interface LogFile {
  readonly path: string;
  readonly keep: Keep;
  /** Closes it. Answers why it is not whole; null: it is, or nothing was said. */
  end(notice: string): Promise<string | null>;
  wasWritten(): boolean;
  bytesWritten(): number;
}

/** Nothing is made before the first byte. A disk that is full costs the log, not the execution. */
export function openStreamLogs(attempt: Attempt, surroundings: Surroundings): StreamLogs {
  const [stdout, stderr] = STREAM_NAMES.map((name) => logFile(streamLogOf(surroundings, attempt, name)));
  const files = { stdout: stdout!, stderr: stderr! };
  return {
    keep: { stdout: files.stdout.keep, stderr: files.stderr.keep },
    end: async (ended) => {
      if (!files.stdout.wasWritten()) files.stdout.keep(ended.stdout.head);
      if (!files.stderr.wasWritten()) files.stderr.keep(ended.stderr.head);
      const problems = await Promise.all(
        STREAM_NAMES.map((name) => files[name].end(truncationNotice(ended[name], name))),
      );
      const problem = problems.find((found) => found !== null) ?? null;
      const said = STREAM_NAMES.map((stream) => ({ stream, bytes: files[stream].bytesWritten() }));
      const stderr = files.stderr.wasWritten() ? files.stderr.path : null;
      return { stderr, problem, said: said.filter(({ bytes }) => bytes > 0) };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([files.stdout.end(''), files.stderr.end('')]);
    },
  };
}

function logFile(path: string): LogFile {
  let file: WriteStream | null = null;
  let problem: string | null = null;
  const open = () => {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    return createWriteStream(path, { mode: OWNER_ONLY }).on('error', (error) => (problem ??= messageOf(error)));
  };
  return {
    path,
    keep: (kept) => {
      if (kept.length === 0 || problem !== null) return;
      try {
        file ??= open();
        file.write(kept);
      } catch (error) {
        problem = messageOf(error);
      }
    },
    end: async (notice) => {
      if (file === null || file.writableEnded) return problem;
      file.end(notice);
      await finished(file).catch((error: unknown) => (problem ??= messageOf(error)));
      return problem;
    },
    wasWritten: () => file !== null,
    bytesWritten: () => file?.bytesWritten ?? 0,
  };
}
