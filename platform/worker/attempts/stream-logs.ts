import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { STREAM_NAMES, type StreamName } from '../../../contract/executions';
import type { LogStreamSize } from '../../store/lifecycle/attempt';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { OnOutput } from '../process/capture';
import { errorMessage } from '../../base/error-details';
import type { ProcessExit } from '../../outcomes/program-exit';
import { truncationNotice } from '../../outcomes/attempt-outcome';
import type { WorkerContext } from '../worker-context';
import { streamLogPath } from '../../base/directories';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;

/**
 * An attempt's output in two files that can be read while it runs: raw bytes, up to the log limit.
 */
export interface StreamLogs extends AsyncDisposable {
  readonly onOutput: Readonly<Record<StreamName, OnOutput>>;
  /**
   * Flushes both files. `stderr`: path of the file, null when it is empty. `problem`: why a file
   * is incomplete. `writtenLogs`: the streams that have output.
   */
  close(
    exit: ProcessExit,
  ): Promise<{ stderr: string | null; problem: string | null; writtenLogs: readonly LogStreamSize[] }>;
  /** Removes both files. */
  discard(): Promise<void>;
}

interface LogFile {
  readonly path: string;
  readonly write: OnOutput;
  /** Closes the file. Returns why it is incomplete; null: it is complete, or was never created. */
  close(notice: string): Promise<string | null>;
  hasContent(): boolean;
  bytesWritten(): number;
}

/** Creates no file before the first byte. A full disk fails the log, not the execution. */
export function openStreamLogs(attempt: Attempt, workerContext: WorkerContext): StreamLogs {
  const [stdout, stderr] = STREAM_NAMES.map((name) => createLogFile(streamLogPath(workerContext, attempt, name)));
  const files = { stdout: stdout!, stderr: stderr! };
  const closeAll = async () => {
    await Promise.all(STREAM_NAMES.map((name) => files[name].close('')));
  };
  return {
    onOutput: { stdout: files.stdout.write, stderr: files.stderr.write },
    close: async (exit) => {
      if (!files.stdout.hasContent()) files.stdout.write(exit.stdout.head);
      if (!files.stderr.hasContent()) files.stderr.write(exit.stderr.head);
      const problems = await Promise.all(
        STREAM_NAMES.map((name) => files[name].close(truncationNotice(exit[name], name))),
      );
      const problem = problems.find((found) => found !== null) ?? null;
      const writtenLogs = STREAM_NAMES.map((stream) => ({ stream, bytes: files[stream].bytesWritten() }));
      const stderr = files.stderr.hasContent() ? files.stderr.path : null;
      return { stderr, problem, writtenLogs: writtenLogs.filter(({ bytes }) => bytes > 0) };
    },
    discard: async () => {
      await closeAll();
      await Promise.all(STREAM_NAMES.map((name) => rm(files[name].path, { force: true })));
    },
    [Symbol.asyncDispose]: closeAll,
  };
}

function createLogFile(path: string): LogFile {
  let file: WriteStream | null = null;
  let problem: string | null = null;
  const open = () => {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    return createWriteStream(path, { mode: OWNER_ONLY }).on('error', (error) => (problem ??= errorMessage(error)));
  };
  return {
    path,
    write: (bytes) => {
      if (bytes.length === 0 || problem !== null) return;
      try {
        file ??= open();
        file.write(bytes);
      } catch (error) {
        problem = errorMessage(error);
      }
    },
    close: async (notice) => {
      if (file === null || file.writableEnded) return problem;
      file.end(notice);
      await finished(file).catch((error: unknown) => (problem ??= errorMessage(error)));
      return problem;
    },
    hasContent: () => file !== null,
    bytesWritten: () => file?.bytesWritten ?? 0,
  };
}
