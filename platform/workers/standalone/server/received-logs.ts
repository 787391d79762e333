import { mkdir, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STREAM_NAMES, type StreamName } from '../../../../contract/executions';
import { streamLogPath } from '../../../base/directories';
import { createKeyedMutex } from '../../../base/async/keyed-mutex';
import { appendAt } from './file-parts';

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
/** A truncated log ends with a line that says so. */
const NOTICE_BYTES = 1_024;

interface LoggedAttempt {
  readonly execution: number;
  readonly tenant: number;
  readonly attempt: number;
}

/** The logs of attempts that run elsewhere, in the files where the platform reads them. */
export class ReceivedLogs {
  private readonly inOrder = createKeyedMutex();

  /** `directory`: the platform's. */
  constructor(private readonly options: { readonly directory: string; readonly logLimitBytes: number }) {}

  /** Of a log, as results name it. */
  pathOf(attempt: LoggedAttempt, stream: StreamName): string {
    return streamLogPath(this.options, attempt, stream);
  }

  /** As `appendAt`. Bytes beyond the limit of logs are dropped. */
  write(attempt: LoggedAttempt, stream: StreamName, offset: number, bytes: Buffer): Promise<number> {
    const path = this.pathOf(attempt, stream);
    return this.inOrder(path, async () => {
      await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
      await using file = await open(path, 'a', OWNER_ONLY);
      return await appendAt(file, offset, bytes, this.options.logLimitBytes + NOTICE_BYTES);
    });
  }

  async discard(attempt: LoggedAttempt): Promise<void> {
    for (const stream of STREAM_NAMES) {
      const path = this.pathOf(attempt, stream);
      await this.inOrder(path, () => rm(path, { force: true }));
    }
  }
}
