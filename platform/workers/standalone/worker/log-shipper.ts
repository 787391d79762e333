import { open, rm } from 'node:fs/promises';
import { STREAM_NAMES, type StreamName } from '../../../../contract/executions';
import { streamLogPath } from '../../../base/directories';
import { ignoreCodes } from '../../../base/error-details';
import { PART_BYTES, type StandaloneAccess } from '../../rpc/standalone-protocol';

/** How often a running attempt's new output is sent, ms. */
const INTERVAL_MS = 200;

interface LoggedAttempt {
  readonly fencingToken: number;
  readonly tenant: number;
  readonly execution: number;
  readonly attempt: number;
}

/** The files of this worker that an attempt's output is written to, and what was sent of them. */
interface ShippedLog {
  readonly stream: StreamName;
  readonly path: string;
  offset: number;
}

/** Sends the output of attempts to the platform while they run. */
export class LogShipper {
  private readonly attempts = new Map<number, AttemptLogs>();

  /** `directory`: of this worker. */
  constructor(
    private readonly access: Pick<StandaloneAccess, 'writeLog' | 'discardLogs'>,
    private readonly directory: string,
  ) {}

  start(attempt: LoggedAttempt): void {
    this.attempts.set(attempt.fencingToken, new AttemptLogs(this.access, this.directory, attempt));
  }

  /** Sends the rest. `hasLogs`: false where the output was discarded. */
  async finish(fencingToken: number, hasLogs: boolean): Promise<void> {
    const logs = this.attempts.get(fencingToken);
    if (hasLogs) await logs?.finish();
    else await logs?.discard();
  }

  /** Removes the files of the worker. */
  async release(fencingToken: number): Promise<void> {
    const logs = this.attempts.get(fencingToken);
    this.attempts.delete(fencingToken);
    await logs?.remove();
  }
}

class AttemptLogs {
  private readonly logs: readonly ShippedLog[];
  private readonly timer: NodeJS.Timeout;
  private sending: Promise<void> = Promise.resolve();
  private isSending = false;

  constructor(
    private readonly access: Pick<StandaloneAccess, 'writeLog' | 'discardLogs'>,
    directory: string,
    private readonly attempt: LoggedAttempt,
  ) {
    this.logs = STREAM_NAMES.map((stream) => ({
      stream,
      path: streamLogPath({ directory }, attempt, stream),
      offset: 0,
    }));
    this.timer = setInterval(() => this.sendNew(), INTERVAL_MS);
  }

  async finish(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
    for (const log of this.logs) await this.sendRest(log);
  }

  async discard(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
    if (this.logs.some(({ offset }) => offset > 0)) await this.access.discardLogs(this.attempt.fencingToken);
  }

  async remove(): Promise<void> {
    clearInterval(this.timer);
    for (const { path } of this.logs) await rm(path, { force: true });
  }

  /** A failure is that of the next time, or of the end. */
  private sendNew(): void {
    if (this.isSending) return;
    this.isSending = true;
    this.sending = this.sendAll()
      .catch(() => undefined)
      .finally(() => (this.isSending = false));
  }

  private async sendAll(): Promise<void> {
    for (const log of this.logs) await this.sendRest(log);
  }

  private async sendRest(log: ShippedLog): Promise<void> {
    const opened = await open(log.path).catch(ignoreCodes('ENOENT'));
    if (opened === undefined) return;
    await using file = opened;
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(PART_BYTES), 0, PART_BYTES, log.offset);
      if (bytesRead === 0) return;
      const base64 = buffer.subarray(0, bytesRead).toString('base64');
      const size = await this.access.writeLog(this.attempt.fencingToken, log.stream, log.offset, base64);
      // Null: the lease is lost. No progress: the platform keeps no more of it.
      if (size === null || size === log.offset) return;
      log.offset = size;
    }
  }
}
