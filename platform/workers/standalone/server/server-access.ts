import type { Database } from '../../../store/database/connection';
import { loadAttempts } from '../../../store/executions/attempts';
import type { Attempt, AttemptLease, AttemptOutcome } from '../../../store/lifecycle/attempt';
import { findPack } from '../../../store/packs/packs';
import { findStandaloneWorker, resumeLeases } from '../../../store/workers/standalone-workers';
import { recordWorkerCrash, type HeartbeatReply } from '../../../store/workers/workers';
import { recordProcessEnd } from '../../../store/workers/supervised-workers';
import { errorCode } from '../../../base/error-details';
import type { ResumableAccess } from '../../access/database-access';
import { PART_BYTES, type StandaloneAccess, type StandaloneAttempt } from '../../rpc/standalone-protocol';
import type { ArtifactFiles } from './artifact-files';
import type { PackArchives, StoredPack } from './pack-archives';
import type { ReceivedLogs } from './received-logs';

interface ServerAccessOptions {
  readonly name: string;
  readonly session: string;
  readonly db: Database;
  readonly heartbeatDb: Database;
  /** Of this worker: it knows what the worker has claimed. */
  readonly access: ResumableAccess;
  readonly archives: PackArchives;
  readonly logs: ReceivedLogs;
  readonly files: ArtifactFiles;
  /** The process may not go on: another one is the worker now, or its tokens were revoked. */
  onEnded(cause: 'replaced' | 'revoked'): void;
}

/** The calls of one standalone worker. */
export interface ServerAccess extends Omit<StandaloneAccess, 'renewToken'> {
  /** The worker connects to this process of the platform while it runs attempts. */
  resume(worker: number, held: readonly number[]): Promise<void>;
}

/** Does what a standalone worker asks for, as far as it has claimed it. */
export function openServerAccess(options: ServerAccessOptions): ServerAccess {
  const { name, db, access, archives, logs, files } = options;
  const packs = new ClaimedPacks(archives);
  return {
    registerWorker: (worker) => access.registerWorker(worker),
    recordHeartbeat: (held) => renewLeases(options, held),
    recordCrash: (blamed) => access.recordCrash(blamed),
    recordDiskShortage: (isShort) => access.recordDiskShortage(isShort),
    recordExit: async () => {
      await recordWorkerCrash(db, name, { blamed: null, hasExited: true });
      await recordProcessEnd(db, name);
    },
    deactivateWorker: () => access.deactivateWorker(),
    claimExecutions: async (maxCount) => Promise.all((await access.claimExecutions(maxCount)).map(packs.add)),
    issueExecutionToken: (token) => access.issueExecutionToken(token),
    markStarted: (token, startedAtMs) => access.markStarted(token, startedAtMs),
    finishAttempt: (token, outcome) => {
      const attempt = access.attemptOf(token);
      return access.finishAttempt(token, attempt ? withStoredLog(outcome, attempt, logs) : outcome);
    },
    suspendAttempt: (token) => access.suspendAttempt(token),
    releaseAttempt: async (token) => {
      packs.remove(token);
      await files.release(token);
      await access.releaseAttempt(token);
    },
    appendAttemptLog: (token, type, payload) => access.appendAttemptLog(token, type, payload),
    isPackKnown: async (tenant, ref) =>
      !packs.has(tenant, ref) ||
      (await db.readingInTenant(tenant, (transaction) => findPack(transaction, ref))) !== null,
    readPack: (token, offset) => packs.read(token, offset),
    ...receivingCalls(options),
    resume: async (worker, held) => {
      const leases = await resumeLeases(db, worker, held);
      const attempts = await loadAttempts(db, leases);
      access.resume(worker, attempts);
      await Promise.all(attempts.map(packs.add));
    },
  };
}

type ReceivingCall = 'writeLog' | 'discardLogs' | 'listReservedFiles' | 'writeFile' | 'storeFile';

/** What an attempt has written on the host of its worker. */
function receivingCalls({ access, logs, files }: ServerAccessOptions): Pick<StandaloneAccess, ReceivingCall> {
  const ofAttempt = async <T>(token: number, call: (attempt: AttemptLease) => Promise<T>): Promise<T | null> => {
    const attempt = access.attemptOf(token);
    return attempt && call(attempt);
  };
  return {
    writeLog: (token, stream, offset, base64) =>
      ofAttempt(token, (attempt) => logs.write(attempt, stream, offset, Buffer.from(base64, 'base64'))),
    discardLogs: async (token) => {
      await ofAttempt(token, (attempt) => logs.discard(attempt));
    },
    listReservedFiles: (token) => ofAttempt(token, (attempt) => files.list(attempt)),
    writeFile: (token, file, offset, base64) =>
      ofAttempt(token, (attempt) => files.write(attempt, file, offset, Buffer.from(base64, 'base64'))),
    storeFile: (token, file) => ofAttempt(token, (attempt) => files.store(attempt, file)),
  };
}

/** The result names the log of this platform, and not the file of the worker's host. */
function withStoredLog(outcome: AttemptOutcome, attempt: AttemptLease, stored: ReceivedLogs): AttemptOutcome {
  const { stderr_log: path, ...result } = outcome.result;
  if (path === undefined) return outcome;
  const isStored = outcome.logs.some(({ stream }) => stream === 'stderr');
  return { ...outcome, result: isStored ? { ...result, stderr_log: stored.pathOf(attempt, 'stderr') } : result };
}

/** Renews the leases of the process that is the worker now; any other one has lost all. */
async function renewLeases(options: ServerAccessOptions, held: readonly number[]): Promise<HeartbeatReply> {
  const { name, session, heartbeatDb, access, onEnded } = options;
  const worker = await findStandaloneWorker(heartbeatDb, name);
  if (worker?.session !== session) {
    onEnded(worker?.session ? 'replaced' : 'revoked');
    return { cancelled: [], lost: held };
  }
  const { cancelled, lost } = await access.recordHeartbeat(held);
  // Those whose leases had ended when the worker connected to this process.
  const unknown = held.filter((token) => access.attemptOf(token) === null);
  return { cancelled, lost: [...new Set([...lost, ...unknown])] };
}

/** The packs of the attempts that the worker has, by fencing token. */
class ClaimedPacks {
  private readonly packs = new Map<number, StoredPack & { readonly tenant: number }>();

  constructor(private readonly archives: PackArchives) {}

  /** What the worker receives of an attempt: the digest in place of the platform's path. */
  readonly add = async ({ packDirectory, ...attempt }: Attempt): Promise<StandaloneAttempt> => {
    if (packDirectory === null) return { ...attempt, packDigest: null };
    const pack = { storage: packDirectory, ref: attempt.packRef, tenant: attempt.tenant };
    this.packs.set(attempt.fencingToken, pack);
    try {
      return { ...attempt, packDigest: await this.archives.digestOf(pack) };
    } catch (error) {
      const problem = `PACK_NOT_AVAILABLE: the files of pack "${pack.ref}" cannot be read (${errorCode(error) ?? 'unknown'})`;
      return { ...attempt, packDigest: null, problem: attempt.problem ?? problem };
    }
  };

  remove(fencingToken: number): void {
    this.packs.delete(fencingToken);
  }

  has(tenant: number, ref: string): boolean {
    return [...this.packs.values()].some((pack) => pack.tenant === tenant && pack.ref === ref);
  }

  async read(fencingToken: number, offset: number): Promise<{ base64: string; size: number } | null> {
    const pack = this.packs.get(fencingToken);
    if (!pack) return null;
    const { bytes, size } = await this.archives.read(pack, offset, PART_BYTES);
    return { base64: bytes.toString('base64'), size };
  }
}
