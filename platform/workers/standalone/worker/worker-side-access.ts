import type { Logger } from 'pino';
import { errorMessage } from '../../../base/error-details';
import type { Attempt, AttemptOutcome } from '../../../store/lifecycle/attempt';
import type { EnvironmentReport } from '../../../store/packs/environment-report';
import type { WorkerAccess } from '../../access/worker-access';
import type { WorkerPlacement } from '../../../base/worker-placement';
import type { StandaloneAccess, StandaloneAttempt } from '../../rpc/standalone-protocol';
import type { FileShipper } from './file-shipper';
import type { LeaseWatch } from './lease-watch';
import type { LogShipper } from './log-shipper';
import type { PackStore } from './pack-store';
import { removeTree } from '../../../files/remove-tree';

interface WorkerSideOptions {
  readonly access: StandaloneAccess;
  readonly placement: WorkerPlacement;
  readonly leases: LeaseWatch;
  readonly packs: PackStore;
  readonly logs: LogShipper;
  readonly files: FileShipper;
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** The worker process has started, and gets work from now on. */
  onRegistered(worker: number): void;
}

/**
 * What the worker process of this host can do: it runs actions, as one of the platform does. Its
 * packs are fetched, and its logs and files of artifacts are sent. It runs no sensors and no
 * tests of packs, and builds environments for its own attempts only.
 */
export function workerSideAccess(options: WorkerSideOptions): WorkerAccess {
  const { access, logs, files } = options;
  const held = new HeldAttempts(options);
  return {
    ...access,
    registerWorker: async ({ capabilities, ...worker }) => {
      const { labels, taints } = options.placement;
      const shown = { ...capabilities, taints: taints.map((taint) => ({ ...taint })) };
      const id = await access.registerWorker({ ...worker, labels, capabilities: shown });
      options.onRegistered(id);
      return id;
    },
    recordHeartbeat: (tokens) => renewLeases(options, tokens),
    claimExecutions: (maxCount) => held.claim(maxCount),
    fetchPack: (token) => held.fetchPack(token),
    markStarted: async (token, startedAtMs) => {
      const attempt = held.attemptOf(token);
      if (attempt) logs.start(attempt);
      return access.markStarted(token, startedAtMs);
    },
    finishAttempt: async (token, outcome) => {
      const attempt = held.attemptOf(token);
      const sent = await sendLogs(options, { token, execution: attempt?.execution }, outcome);
      if (attempt) await files.send(attempt);
      return access.finishAttempt(token, sent);
    },
    releaseAttempt: async (token) => {
      await logs.release(token);
      const attempt = held.attemptOf(token);
      if (attempt) await files.remove(attempt);
      await held.release(token);
      await access.releaseAttempt(token);
    },
    // What an attempt has written is removed at its end, by its directory.
    listKeptFiles: (_tenant, paths) => Promise.resolve(paths),
    listSensorPlans: () => Promise.resolve({ plans: [], acceptsWork: false }),
    claimSensor: () => Promise.resolve(null),
    issueSensorToken: () => Promise.resolve(null),
    markSensorRunning: () => Promise.resolve(false),
    markSensorStopped: () => Promise.resolve(false),
    markSensorFailed: () => Promise.resolve(false),
    claimEnvironment: () => Promise.resolve(null),
    claimPackTest: () => Promise.resolve(null),
    renewPackTest: () => Promise.resolve(false),
    finishPackTest: () => Promise.resolve(),
    saveEnvironment: (report) => held.replaceEnvironments(report),
  };
}

/** Logs that cannot be stored do not keep the outcome from being stored. */
async function sendLogs(
  { access, logs, log }: WorkerSideOptions,
  { token, execution }: { readonly token: number; readonly execution: number | undefined },
  outcome: AttemptOutcome,
) {
  try {
    await logs.finish(token, outcome.logs.length > 0);
    return outcome;
  } catch (error) {
    log.warn({ err: error, execution }, 'could not send the logs of an attempt');
    await access.appendAttemptLog(token, 'WARNING', { code: 'LOG_NOT_KEPT', problem: errorMessage(error) });
    return { ...outcome, logs: [] };
  }
}

/** The reply, or the leases that have ended while it is awaited: the worker then stops them. */
async function renewLeases({ access, leases, stop }: WorkerSideOptions, tokens: readonly number[]) {
  const sentAt = performance.now();
  const waiting = new AbortController();
  const reply = access.recordHeartbeat(tokens).then((received) => {
    leases.renew(
      tokens.filter((token) => !received.lost.includes(token)),
      sentAt,
    );
    return received;
  });
  const ended = leases.ended(AbortSignal.any([stop, waiting.signal])).then((lost) => {
    for (const token of lost) leases.forget(token);
    return { cancelled: [], lost };
  });
  try {
    return await Promise.race([reply, ended]);
  } finally {
    waiting.abort();
    reply.catch(() => undefined); // its leases have ended
  }
}

/** The attempts that the worker process has claimed and not released, by fencing token. */
class HeldAttempts {
  private readonly attempts = new Map<number, StandaloneAttempt>();
  /** Directories of environments that newer ones have replaced, by pack. */
  private readonly replaced = new Map<string, string[]>();

  constructor(private readonly options: WorkerSideOptions) {}

  attemptOf(fencingToken: number): StandaloneAttempt | undefined {
    return this.attempts.get(fencingToken);
  }

  async claim(maxCount: number): Promise<Attempt[]> {
    const { access, leases } = this.options;
    const sentAt = performance.now();
    const claimed = await access.claimExecutions(maxCount);
    leases.renew(
      claimed.map(({ fencingToken }) => fencingToken),
      sentAt,
    );
    for (const attempt of claimed) this.attempts.set(attempt.fencingToken, attempt);
    return claimed.map((attempt) => ({
      ...attempt,
      packDirectory: this.packDirectory(attempt),
      hasOwnArtifacts: true,
    }));
  }

  async fetchPack(fencingToken: number): Promise<string | null> {
    const { packDigest: digest, tenant } = this.attempts.get(fencingToken) ?? {};
    if (!digest || tenant === undefined) return null;
    const inUse = [...this.attempts.values()].flatMap((attempt) => this.packDirectory(attempt) ?? []);
    return this.options.packs.fetch({ fencingToken, tenant, digest }, new Set(inUse));
  }

  async release(fencingToken: number): Promise<void> {
    const attempt = this.attempts.get(fencingToken);
    this.attempts.delete(fencingToken);
    this.options.leases.forget(fencingToken);
    if (attempt) await this.removeReplaced(attempt);
  }

  /** The record of the pack's environments is that of the platform's own workers. */
  async replaceEnvironments(report: EnvironmentReport): Promise<boolean> {
    const { tenant, packRef, status, superseded } = report;
    this.replaced.set(keyOf(report), [...(this.replaced.get(keyOf(report)) ?? []), ...superseded]);
    return status === 'installing' || this.options.access.isPackKnown(tenant, packRef);
  }

  private packDirectory({ tenant, packDigest: digest }: StandaloneAttempt): string | null {
    return digest === null ? null : this.options.packs.pathOf({ tenant, digest });
  }

  /** An attempt may use an environment that was replaced since its start. */
  private async removeReplaced(ended: StandaloneAttempt): Promise<void> {
    const key = keyOf(ended);
    const isUsed = [...this.attempts.values()].some((attempt) => keyOf(attempt) === key);
    const paths = this.replaced.get(key);
    if (isUsed || paths === undefined) return;
    this.replaced.delete(key);
    for (const path of paths) await removeTree(path);
  }
}

const keyOf = ({ tenant, packRef }: Pick<StandaloneAttempt, 'tenant' | 'packRef'>): string => `${tenant} ${packRef}`;
