import { capturedText, type CapturedOutput } from './captured-output';
import type { StartFailure } from './start-failure';

export const LIMITED_RESOURCES = ['memory', 'processes'] as const;
export type LimitedResource = (typeof LIMITED_RESOURCES)[number];

/** A limit that a program reached; of the disk: its own, that of its tenant, or the floor. */
export interface ReachedLimit {
  readonly resource: LimitedResource | 'disk' | 'tenant-disk' | 'free-bytes' | 'free-files';
  /** Bytes, or a number of processes. */
  readonly limit: number;
  /** Memory that all programs of the tenant, or of the platform, share; absent: its own. */
  readonly of?: 'tenant' | 'platform';
}

export const describeLimits = (reached: readonly ReachedLimit[]): string =>
  `Its processes together reached the limit of ${reached.map(limitText).join(' and ')}`;

const LIMIT_TEXTS: Readonly<Record<ReachedLimit['resource'], string>> = {
  memory: 'bytes of memory',
  processes: 'processes and threads',
  disk: 'bytes of files that outlive it',
  'tenant-disk': 'bytes of files of all programs of the tenant',
  'free-bytes': 'bytes that must stay free on the disk',
  'free-files': 'files that must stay possible on the disk',
};

const limitText = ({ resource, limit, of }: ReachedLimit): string => {
  const sharers = of && `, which all programs of the ${of} share`;
  return `${limit} ${LIMIT_TEXTS[resource]}${sharers ?? ''}`;
};

export type ProcessStopCause = 'timeout' | 'cancelled' | 'limit-reached';

export type ExitCause = 'exited' | ProcessStopCause | 'not-started';

/** How a program ended. Times are epoch ms with a microsecond fraction. */
export interface ProcessExit {
  /** The first cause wins. */
  readonly cause: ExitCause;
  /** Null when a signal ended it, or when it did not start. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The strongest signal that the worker sent while it ran. */
  readonly signalSent: 'SIGTERM' | 'SIGKILL' | null;
  readonly startedAt: number;
  /** When the last process of the program had exited. */
  readonly finishedAt: number;
  readonly stdout: CapturedOutput;
  readonly stderr: CapturedOutput;
  /** Why the program did not start. */
  readonly startFailure: StartFailure | null;
  /** The file and the import that ended it; null: none did, or none was found. */
  readonly importFailure: string | null;
  /** Pids that survived SIGKILL. */
  readonly leakedPids: readonly number[];
  /** Of its control group; the cause is then `limit-reached`, if no other one was first. */
  readonly reachedLimits: readonly ReachedLimit[];
}

const NO_OUTPUT = capturedText('');

/** An exit, and what holds for each that no process had. */
export const exitWithoutProcess = (
  exit: Pick<ProcessExit, 'cause' | 'startedAt' | 'finishedAt'> & Partial<ProcessExit>,
): ProcessExit => ({
  exitCode: null,
  signal: null,
  signalSent: null,
  stdout: NO_OUTPUT,
  stderr: NO_OUTPUT,
  startFailure: null,
  importFailure: null,
  leakedPids: [],
  reachedLimits: [],
  ...exit,
});
