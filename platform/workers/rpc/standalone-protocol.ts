import { Type, type Static, type TSchema } from '@sinclair/typebox';
import { STREAM_NAMES, type StreamName } from '../../../contract/executions';
import { JsonMap, stringEnum } from '../../../contract/json';
import type { WorkerSettings } from '../../base/settings/settings';
import type { ReservedFile } from '../../store/artifacts/execution-files';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { NewWorker } from '../../store/workers/workers';
import type { WorkerAccess } from '../access/worker-access';
import type { PlatformMessage } from './rpc';

/** Where a standalone worker connects, with `Authorization: Bearer` and the two headers. */
export const CONNECT_PATH = '/api/v1/workers/connect';
export const NAME_HEADER = 'x-tuningfork-worker';
export const PROTOCOL_HEADER = 'x-tuningfork-protocol';

/** Changes with every message that the other side of an older build would not understand. */
export const PROTOCOL = 3;

/** A longer message of a worker ends the connection; a worker sends none. */
export const MAX_WORKER_MESSAGE_BYTES = 32 * 1_024 ** 2;
export const MAX_PLATFORM_MESSAGE_BYTES = 128 * 1_024 ** 2;
/** Of a file of a pack, of a log or of an artifact: one part of several. */
export const PART_BYTES = 256 * 1_024;

/** Why the platform closes a connection, as a WebSocket close code. */
export const CLOSE = {
  /** The platform stops, or could not answer: the worker connects again. */
  restart: 1012,
  /** The token is expired or revoked, or its identity frozen. */
  unauthorized: 4401,
  /** Another process has connected as this worker, or this one was silent for too long. */
  replaced: 4409,
  /** It sent what is no message of this protocol. */
  invalid: 4400,
} as const;

/** How a worker that runs elsewhere must agree with the platform. */
export type StandaloneSettings = Pick<
  WorkerSettings,
  | 'clockOffsetMs'
  | 'extensions'
  | 'recovery'
  | 'status'
  | 'killGraceMs'
  | 'shutdownGraceMs'
  | 'heartbeatMs'
  | 'leaseMs'
  | 'logLimitBytes'
  | 'actionNetwork'
>;

const Token = Type.Integer({ minimum: 1 });
const CallId = Type.Integer({ minimum: 1 });
const MAX_HELD = 10_000;

/** The first message of a connection. */
export const Hello = Type.Object({
  /** Names the process, for as long as it runs. */
  session: Type.String({ pattern: '^[0-9a-f-]{36}$' }),
  /** Its id, once it has registered. */
  worker: Type.Union([Type.Integer(), Type.Null()]),
  /** Fencing tokens of the attempts that it has. */
  held: Type.Array(Token, { maxItems: MAX_HELD }),
  /** Calls that it has sent and that are not answered. */
  pending: Type.Array(CallId, { maxItems: MAX_HELD }),
});
export type Hello = Static<typeof Hello>;

/** A claimed execution. Its pack is fetched: the worker gets no path of the platform. */
export interface StandaloneAttempt extends Omit<Attempt, 'packDirectory' | 'packDigest'> {
  /** SHA-256 of the archive of its pack's files; null for a pack without files. */
  readonly packDigest: string | null;
}

/** Part of a file that starts at an offset which the caller gave. */
interface FilePart {
  readonly base64: string;
  /** Of the whole file, bytes. */
  readonly size: number;
}

/** A file of an artifact, as a worker sends it. */
export const SentFile = Type.Object({
  /** Id of the version that was reserved for it. */
  version: Type.Integer({ minimum: 1 }),
  size: Type.Integer({ minimum: 0 }),
  /** SHA-256 of the whole, hexadecimal. */
  digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
});
export type SentFile = Static<typeof SentFile>;

/**
 * How much of a file the platform has, or why it takes none of it. Null: the lease is lost.
 */
export type FileReply =
  | { readonly received: number; readonly isStored: boolean }
  | { readonly rejected: string }
  | null;

/** What a standalone worker can do. A fencing token names an attempt that it has claimed. */
export interface StandaloneAccess extends Pick<
  WorkerAccess,
  | 'recordHeartbeat'
  | 'recordCrash'
  | 'recordDiskShortage'
  | 'deactivateWorker'
  | 'issueExecutionToken'
  | 'markStarted'
  | 'finishAttempt'
  | 'suspendAttempt'
  | 'releaseAttempt'
  | 'appendAttemptLog'
> {
  registerWorker(worker: Omit<NewWorker, 'name'>): Promise<number>;
  claimExecutions(maxCount: number): Promise<StandaloneAttempt[]>;
  /** Its process has exited, and did not record a crash. */
  recordExit(): Promise<void>;
  /** Whether a pack of an attempt that the worker has still exists. */
  isPackKnown(tenant: number, packRef: string): Promise<boolean>;
  /** Null: the lease is lost. */
  readPack(fencingToken: number, offset: number): Promise<FilePart | null>;
  /**
   * Writes a part of a log. Returns how long the log is then: less than the offset where earlier
   * parts are missing, and nothing was written. Null: the lease is lost.
   */
  writeLog(fencingToken: number, stream: StreamName, offset: number, base64: string): Promise<number | null>;
  /** Removes both logs: their output could not be redacted. */
  discardLogs(fencingToken: number): Promise<void>;
  /** Versions of artifacts whose files the attempt may send. Null: the lease is lost. */
  listReservedFiles(fencingToken: number): Promise<readonly ReservedFile[] | null>;
  /** As `writeLog`, of a file that no one can read before it is stored. */
  writeFile(fencingToken: number, file: SentFile, offset: number, base64: string): Promise<FileReply>;
  /** Moves a file that was received in full to its place: readers see all of it or none. */
  storeFile(fencingToken: number, file: SentFile): Promise<FileReply>;
  /** Issues a token of the same kind, with which the connection goes on, too. */
  renewToken(): Promise<Renewal>;
}

/** A token in place of that of the connection, or why there is none. */
export type Renewal = ({ readonly token: string } | { readonly refused: string }) & {
  /** When to request the next; null: there will be none. */
  readonly renewInMs: number | null;
};

type StandaloneCall = keyof StandaloneAccess;

const Count = Type.Integer({ minimum: 0 });
const Instant = Type.Number({ minimum: 0 });
const Base64 = Type.String({ maxLength: 2 * PART_BYTES, pattern: '^[A-Za-z0-9+/]*={0,2}$' });
const Texts = Type.Record(Type.String({ maxLength: 255 }), Type.String({ maxLength: 255 }));
const MAX_SLOTS = 1_000;
const MAX_TAIL = 1_024 ** 2;
const Stream = stringEnum(STREAM_NAMES);

const Registration = Type.Object({
  runtimes: Texts,
  slots: Type.Integer({ minimum: 1, maximum: MAX_SLOTS }),
  meta: JsonMap,
  capabilities: Type.Optional(JsonMap),
  labels: Type.Optional(Texts),
});

const Outcome = Type.Object({
  status: stringEnum(['completed', 'failed', 'cancelled']),
  result: JsonMap,
  finishedAt: Instant,
  timeoutLevel: Type.Union([stringEnum(['task', 'request', 'action', 'workflow', 'system']), Type.Null()]),
  stdoutTail: Type.String({ maxLength: MAX_TAIL }),
  stderrTail: Type.String({ maxLength: MAX_TAIL }),
  logs: Type.Array(Type.Object({ stream: Stream, bytes: Count }), { maxItems: STREAM_NAMES.length }),
});

/** Entries that a worker adds to the log of an attempt. */
const LogEntryType = stringEnum(['ENVIRONMENT_BUILD', 'WARNING']);

/** The arguments of each call: what is none of these is refused before anything is done. */
export const CALL_ARGUMENTS: Readonly<Record<StandaloneCall, TSchema>> = {
  registerWorker: Type.Tuple([Registration]),
  recordHeartbeat: Type.Tuple([Type.Array(Token, { maxItems: MAX_HELD })]),
  recordCrash: Type.Tuple([Type.Union([Token, Type.Null()])]),
  recordDiskShortage: Type.Tuple([Type.Boolean()]),
  recordExit: Type.Tuple([]),
  deactivateWorker: Type.Tuple([]),
  claimExecutions: Type.Tuple([Type.Integer({ minimum: 1, maximum: MAX_SLOTS })]),
  issueExecutionToken: Type.Tuple([Token]),
  markStarted: Type.Tuple([Token, Instant]),
  finishAttempt: Type.Tuple([Token, Outcome]),
  suspendAttempt: Type.Tuple([Token]),
  releaseAttempt: Type.Tuple([Token]),
  appendAttemptLog: Type.Tuple([Token, LogEntryType, JsonMap]),
  isPackKnown: Type.Tuple([Count, Type.String({ maxLength: 255 })]),
  readPack: Type.Tuple([Token, Count]),
  writeLog: Type.Tuple([Token, Stream, Count, Base64]),
  discardLogs: Type.Tuple([Token]),
  listReservedFiles: Type.Tuple([Token]),
  writeFile: Type.Tuple([Token, SentFile, Count, Base64]),
  storeFile: Type.Tuple([Token, SentFile]),
  renewToken: Type.Tuple([]),
};
export const STANDALONE_CALLS = Object.keys(CALL_ARGUMENTS) as StandaloneCall[];

/** A `Call`, as a worker sends it. */
export const CallMessage = Type.Tuple([CallId, Type.String(), Type.Array(Type.Unknown()), CallId]);

/** `known`: of the pending calls, those that this side has received: they are not sent again. */
export interface Welcome extends Pick<Renewal, 'renewInMs'> {
  readonly settings: StandaloneSettings;
  readonly known: readonly number[];
}

/** What a worker receives. */
export type StandaloneMessage = PlatformMessage | { readonly welcome: Welcome };
