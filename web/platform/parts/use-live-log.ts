import { useEffect, useState } from 'preact/hooks';
import type { StreamName } from '../../../contract/executions';
import { send } from '../api';
import { ApiFailure } from '../api-failure';
import { EventParser } from './event-parser';
import { NO_LOG, withEvent, type LogState } from './log-state';
import { useVisible } from './use-visible';

/** Pause before a lost connection is made again, ms. */
const PAUSE_MS = 2_000;

/**
 * Follows an output stream of an execution. A page that is not visible holds no connection: a
 * browser has six for all its pages of one host.
 */
export function useLiveLog(execution: number, stream: StreamName): LogState {
  const [log, setLog] = useState(NO_LOG);
  const isVisible = useVisible();
  const [follower] = useState(() => new LogFollower(execution, stream, setLog));
  useEffect(() => {
    if (!isVisible) return;
    follower.start();
    return () => follower.stop();
  }, [isVisible]);
  return log;
}

/** Reads a log from where it was read before, until its end. */
class LogFollower {
  private log = NO_LOG;
  private running: AbortController | null = null;
  private timer: number | undefined;

  constructor(
    private readonly execution: number,
    private readonly stream: StreamName,
    private readonly show: (log: LogState) => void,
  ) {}

  start(): void {
    if (this.log.isComplete) return;
    const controller = new AbortController();
    this.running = controller;
    this.read(controller.signal).then(
      () => this.retry(controller.signal, null),
      (error: unknown) => this.retry(controller.signal, error),
    );
  }

  stop(): void {
    window.clearTimeout(this.timer);
    this.running?.abort();
  }

  /** After the end of a response that did not end the log. A rejected request is not repeated. */
  private retry(signal: AbortSignal, error: unknown): void {
    if (signal.aborted || this.log.isComplete) return;
    this.set({ ...this.log, error });
    if (error instanceof ApiFailure && error.status >= 400 && error.status < 500) return;
    this.timer = window.setTimeout(() => this.start(), PAUSE_MS);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const path = `/api/v1/executions/${this.execution}/logs/${this.stream}/stream`;
    const { body } = await send(path, { query: { offset: this.log.offset }, signal });
    if (body === null) return;
    const parser = new EventParser();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const event of parser.push(piece.value)) this.set(withEvent(this.log, event));
    }
  }

  private set(log: LogState): void {
    this.log = log;
    this.show(log);
  }
}
