import type { Duplex } from 'node:stream';

const READY = 'ready';
/** A confined shell's first command, and its last before those of a program: see the setup. */
export const REPORT_READY = `echo ${READY} >&4\n`;
export const LEAVE_SETUP = 'exec 2>&5 4>&- 5>&-';

/** The worker's end of a sandbox: the connection that keeps its processes alive. */
export interface Sandbox {
  /**
   * Starts the setup. Resolves when the shell waits inside; rejects with the reason why it does
   * not.
   */
  enter(): Promise<void>;
  /** Why the setup failed. */
  failure(): string;
  /** Pid, on this host, of the first process of the process namespace; null: not yet known. */
  initPid(): number | null;
  /**
   * Whether the program was killed, although its parent exited with a code: `unshare` passes on
   * every signal but SIGKILL, and reports that it could not.
   */
  wasKilled(exitCode: number | null): boolean;
  /** Ends every process inside. */
  close(): void;
}

const PID_LINE = /^(\d+)\n/;

/** Reads what the sandbox's setup writes: a pid, error messages, and READY. */
export function openSandbox(connection: Duplex): Sandbox {
  let text = '';
  connection.setEncoding('utf8').on('error', () => undefined); // its end is reported by the exit of the shell
  const ready = new Promise<void>((resolve, reject) => {
    connection.on('data', (chunk: string) => {
      text += chunk;
      if (text.endsWith(`${READY}\n`)) resolve();
    });
    connection.once('close', () => reject(new Error(reasonIn(text))));
  });
  ready.catch(() => undefined); // a shell that is closed before it waits
  return {
    enter: () => {
      connection.write('start\n');
      return ready;
    },
    failure: () => reasonIn(text),
    initPid: () => Number(PID_LINE.exec(text)?.[1] ?? 0) || null,
    wasKilled: (exitCode) => exitCode === 1 && text.slice(text.indexOf(READY)).includes('sigprocmask'),
    close: () => connection.destroy(),
  };
}

const reasonIn = (text: string): string => text.replace(PID_LINE, '').trim() || 'the sandbox ended';
