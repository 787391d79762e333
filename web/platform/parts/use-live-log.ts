import { useEffect, useState } from 'preact/hooks';
import type { StreamEvent, StreamName } from '../../../contract/executions';
import { send } from '../api';
import { ApiFailure } from '../api-failure';
import { EventParser } from './event-parser';
import { useVisible } from './use-visible';

/** Of a longer log, only the end is kept: characters. */
const KEPT = 5_000_000;
/** Pause before a lost connection is made again, ms. */
const PAUSE_MS = 2_000;

/** What was written to an output stream so far. */
export interface LiveLogState {
  readonly text: string;
  /** Characters before the text that are not kept. */
  readonly dropped: number;
  /** Nothing more will be written. */
  readonly isComplete: boolean;
  readonly error: unknown;
}

const EMPTY: LiveLogState = { text: '', dropped: 0, isComplete: false, error: null };

/**
 * Follows an output stream of an execution. A page that is not visible holds no connection: a
 * browser has six for all its pages of one host.
 */
export function useLiveLog(execution: number, stream: StreamName): LiveLogState {
  const [log, setLog] = useState(EMPTY);
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
  private log = EMPTY;
  /** Byte to continue at. */
  private offset = 0;
  private running: AbortController | null = null;
  private timer: number | undefined;

  constructor(
    private readonly execution: number,
    private readonly stream: StreamName,
    private readonly show: (log: LiveLogState) => void,
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
    this.set({ error });
    if (error instanceof ApiFailure && error.status >= 400 && error.status < 500) return;
    this.timer = window.setTimeout(() => this.start(), PAUSE_MS);
  }

  private async read(signal: AbortSignal): Promise<void> {
    const path = `/api/v1/executions/${this.execution}/logs/${this.stream}/stream`;
    const { body } = await send(path, { query: { offset: this.offset }, signal });
    if (body === null) return;
    const parser = new EventParser();
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      for (const { name, data, id } of parser.push(piece.value)) this.receive(name as StreamEvent, data, id);
    }
  }

  private receive(name: StreamEvent, data: string, id: string | null): void {
    if (id !== null) this.offset = Number(id);
    if (name === 'content') this.set({ ...EMPTY, ...tailOf(data, 0) });
    if (name === 'append') this.set({ ...tailOf(this.log.text + data, this.log.dropped), error: null });
    if (name === 'done') this.set({ isComplete: true, error: null });
    if (name === 'error') this.set({ isComplete: true, error: new Error(data) });
  }

  private set(change: Partial<LiveLogState>): void {
    this.log = { ...this.log, ...change };
    this.show(this.log);
  }
}

const tailOf = (text: string, dropped: number): Pick<LiveLogState, 'text' | 'dropped'> => {
  const cut = Math.max(0, text.length - KEPT);
  return { text: text.slice(cut), dropped: dropped + cut };
};
