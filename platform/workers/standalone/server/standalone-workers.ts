import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { TenantQuota } from '../../../auth/tenant-quota';
import { receivedFilesDirectory } from '../../../base/directories';
import type { Settings } from '../../../base/settings/settings';
import { openDatabase, type Database } from '../../../store/database/connection';
import type { Vault } from '../../../store/secrets/vault';
import { beginSession } from '../../../store/workers/standalone-workers';
import { openDatabaseAccess } from '../../access/database-access';
import { openWorkerFeed } from '../../access/worker-feed';
import { CLOSE, type Hello, type StandaloneSettings } from '../../rpc/standalone-protocol';
import type { AuthenticatedWorker } from './authenticate-worker';
import { ArtifactFiles } from './artifact-files';
import { isIssuerEntitled, NOT_ENTITLED } from './issuer';
import { PackArchives } from './pack-archives';
import { renewWorkerToken } from './renew-token';
import { ReceivedFiles } from './received-files';
import { ReceivedLogs } from './received-logs';
import { openServerAccess } from './server-access';
import { StandaloneGateway } from './standalone-gateway';
import type { WorkerConnection } from './worker-connection';
import { WorkerSession } from './worker-session';

/** Shared by all standalone workers that are connected to this process. */
const CONNECTIONS = 6;
const HEARTBEAT_CONNECTIONS = 2;
const STATEMENT_LIMIT_MS = 15_000;
/** Of a lease: a cut of half of it leaves time for the next heartbeat. */
const HEARTBEATS_PER_LEASE = 6;

/** Why a process may not go on. */
const ENDS = {
  replaced: [CLOSE.replaced, 'another process is this worker'],
  revoked: [CLOSE.unauthorized, 'the token was revoked'],
  'not entitled': [CLOSE.unauthorized, NOT_ENTITLED],
} as const;

interface StandaloneWorkersOptions {
  readonly settings: Settings;
  /** Of the application's role. */
  readonly databaseUrl: string;
  readonly vault: Vault;
  readonly tokenSecret: string;
  /** For authentication. */
  readonly db: Database;
  readonly tenantQuota: TenantQuota;
  readonly userOfPrograms?: (tenant: number) => number;
  readonly log: Logger;
}

/** Serves the workers that connect from hosts without access to the platform's directory. */
export class StandaloneWorkers {
  private readonly gateway: StandaloneGateway;
  private readonly sessions = new Map<string, WorkerSession>();
  private readonly archives: PackArchives;
  private readonly received: ReceivedFiles;
  private readonly settings: StandaloneSettings;
  /** Opened for the first worker. */
  private connections: ReturnType<typeof openConnections> | null = null;

  constructor(private readonly options: StandaloneWorkersOptions) {
    const { db, tokenSecret, log, settings } = options;
    const serve = this.serve.bind(this);
    this.gateway = new StandaloneGateway({ db, tokenSecret, log, serve });
    this.archives = new PackArchives(settings.directory);
    this.settings = standaloneSettings(settings);
    this.received = new ReceivedFiles({
      directory: receivedFilesDirectory(settings, settings.instance),
      idleMs: this.settings.leaseMs,
    });
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    return this.gateway.handleUpgrade(request, socket, head);
  }

  /** The workers go on, and connect to the next process of the platform. */
  async close(): Promise<void> {
    await this.gateway.close();
    for (const session of this.sessions.values()) session.close(CLOSE.restart, 'the platform stops');
    await this.archives.close();
    await this.received.close();
    await this.connections?.close();
  }

  private async serve(connection: WorkerConnection, worker: AuthenticatedWorker, hello: Hello): Promise<void> {
    const { socket } = connection;
    const known = this.sessions.get(worker.name);
    const isKnown = known?.id === hello.session;
    const mayContinue = hello.worker === null || worker.session === hello.session;
    if (!mayContinue) return socket.close(CLOSE.replaced, 'another process is this worker');
    if (isKnown) return known.attach(connection, hello.pending);
    const { id, name, tokenEpoch } = worker;
    if (hello.worker === null) {
      const started = { worker: id, tokenEpoch, session: hello.session, timeoutMs: this.settings.leaseMs };
      if (!(await beginSession(this.options.db, started)))
        return socket.close(CLOSE.unauthorized, 'the token was revoked');
    }
    known?.close(CLOSE.replaced, 'another process is this worker');
    const session = this.openSession(name, hello.session);
    this.sessions.set(name, session);
    try {
      if (hello.worker !== null) await session.resume(id, hello.held);
    } catch (error) {
      this.endSession(name, session, 'replaced');
      throw error;
    }
    session.attach(connection, hello.pending);
  }

  private openSession(name: string, id: string): WorkerSession {
    const { tokenSecret, settings, tenantQuota, userOfPrograms, log } = this.options;
    const { leaseMs, logLimitBytes } = this.settings;
    this.connections ??= openConnections(this.options);
    const { db, heartbeatDb, feed } = this.connections;
    const session: WorkerSession = new WorkerSession({
      id,
      name,
      log,
      feed,
      settings: this.settings,
      renew: (claims) => renewWorkerToken({ db: this.options.db, tokenSecret, session: id }, claims),
      isIssuerEntitled: (claims) => isIssuerEntitled(heartbeatDb, claims),
      onNotEntitled: () => this.endSession(name, session, 'not entitled'),
      access: openServerAccess({
        name,
        session: id,
        db,
        heartbeatDb,
        access: openDatabaseAccess({ db, heartbeatDb, tokenSecret, name, leaseMs }),
        archives: this.archives,
        logs: new ReceivedLogs({ directory: settings.directory, logLimitBytes }),
        files: new ArtifactFiles({
          db,
          directory: settings.directory,
          received: this.received,
          tenantQuota,
          ...(userOfPrograms && { userOfPrograms }),
        }),
        onEnded: (cause) => this.endSession(name, session, cause),
      }),
    });
    return session;
  }

  private endSession(name: string, session: WorkerSession, cause: keyof typeof ENDS): void {
    const [code, reason] = ENDS[cause];
    session.close(code, reason);
    if (this.sessions.get(name) === session) this.sessions.delete(name);
  }
}

function openConnections({ settings, databaseUrl, vault, log }: StandaloneWorkersOptions) {
  const db = openDatabase(databaseUrl, CONNECTIONS, vault, { ...settings, log }, STATEMENT_LIMIT_MS);
  const heartbeatDb = openDatabase(databaseUrl, HEARTBEAT_CONNECTIONS, null, settings, STATEMENT_LIMIT_MS);
  const feed = openWorkerFeed(databaseUrl, log);
  const close = async (): Promise<void> => {
    await feed.close();
    await Promise.all([db.close(), heartbeatDb.close()]);
  };
  return { db, heartbeatDb, feed, close };
}

/** What a worker must know. None of it names a file or a secret of the platform. */
function standaloneSettings(settings: Settings): StandaloneSettings {
  const { clockOffsetMs, extensions, recovery, status, killGraceMs, shutdownGraceMs } = settings;
  const { logLimitBytes, actionNetwork, standaloneLeaseMs: leaseMs } = settings;
  const heartbeatMs = Math.min(settings.heartbeatMs, leaseMs / HEARTBEATS_PER_LEASE);
  return {
    clockOffsetMs,
    extensions,
    recovery,
    status,
    killGraceMs,
    shutdownGraceMs,
    logLimitBytes,
    actionNetwork,
    leaseMs,
    heartbeatMs,
  };
}
