import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Logger } from 'pino';
import type { Role } from '../../../../contract/capabilities';
import { errorCode } from '../../../base/error-details';
import { ADVISORY_LOCKS } from '../advisory-locks';
import { DatabaseRefused } from '../database-refused';
import { connectListener, type Listener } from '../listener';
import { isLostConnection } from '../lost-connection';
import { holdBuild } from './stack-build';
import { holdRoles } from './stack-roles';
import { platformsOn, readStamp, writeStamp } from './stack-stamp';

interface StackOptions {
  /** Of this start of the platform. */
  readonly instance: string;
  /** Whether it may run beside the platforms that already run on the database. */
  readonly joins: boolean;
  /** What it does for the stack. */
  readonly roles: readonly Role[];
  /** Names of its workers that no other platform on the database may use. */
  readonly workerNames: readonly string[];
  /** Of the SQL files of its build. */
  readonly schema: string;
  readonly log: Logger;
}

/** The right of one platform to run on a database. */
export interface StackMembership {
  /**
   * Stamps the migrated database, and admits platforms that join. Returns the id of the stack.
   */
  confirm(): Promise<string>;
  /** Whether no other platform runs on the database. */
  isAlone(): Promise<boolean>;
  /**
   * Resolves when a platform of another start has taken the database, while this one had lost its
   * connections.
   */
  readonly replaced: Promise<DatabaseRefused>;
  leave(): Promise<void>;
}

/** Until the sessions of a killed platform end, or a platform that starts is ready, ms. */
const PATIENCE_MS = { exclusive: 2_000, shared: 30_000 };
const LOCK_TIMED_OUT = '55P03';
/** The server ends the session of a host that is gone within half a minute. */
const SESSION_OPTIONS =
  '-c timezone=UTC -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c idle_session_timeout=0';

/**
 * Takes the lock that every running platform holds as long as its session lives: no clock is
 * compared, and a killed platform releases it at once. Changes nothing in the database. Throws
 * DB_OWNED_BY_OTHER_STACK while another platform runs on it, unless this one joins.
 */
export async function enterStack(url: string, options: StackOptions): Promise<StackMembership> {
  const member = new Member(url, options);
  try {
    await member.enter();
    return member;
  } catch (error) {
    await member.leave();
    throw error;
  }
}

/**
 * Connects as the owner, and takes the lock of the stack alone as long as the connection lives: no
 * platform runs or starts meanwhile, and one that has lost its connections ends when it has them
 * again. The session has the name that a platform of this instance would have. Throws
 * DB_OWNED_BY_OTHER_STACK, DB_WITHOUT_PLATFORM.
 */
export async function connectAlone(url: string, instance: string): Promise<Client> {
  const session = { application_name: sessionName(instance), options: SESSION_OPTIONS };
  const connection = new Client({ ...session, connectionString: url, keepAlive: true });
  connection.on('error', () => undefined); // the next statement throws it
  await connection.connect();
  try {
    if (!(await acquire(connection, 'exclusive'))) throw await ownedError(connection, 'stop it first');
    const stamp = await readStamp(connection);
    if (stamp === null) throw await withoutPlatform(connection);
    await writeStamp(connection, { ...stamp, openedBy: instance }, false);
    await connection.query('reset lock_timeout');
    return connection;
  } catch (error) {
    await connection.end();
    throw error;
  }
}

const sessionName = (instance: string): string => `tuningfork ${instance} pid ${process.pid}`;

class Member implements StackMembership {
  readonly replaced: Promise<DatabaseRefused>;
  private reportReplaced!: (reason: DatabaseRefused) => void;
  private listener: Listener | null = null;
  /** The connection that holds the lock; null until it is taken. */
  private holder: Client | null = null;
  /** The start that this one belongs to; null until the database is stamped. */
  private openedBy: string | null = null;

  constructor(
    private readonly url: string,
    private readonly options: StackOptions,
  ) {
    this.replaced = new Promise((resolve) => (this.reportReplaced = resolve));
  }

  async enter(): Promise<void> {
    const { instance, joins, roles, workerNames, schema, log } = this.options;
    this.listener = await connectListener({
      url: this.url,
      channel: 'stack',
      log,
      onNotification: () => undefined,
      session: { application_name: sessionName(instance), options: SESSION_OPTIONS },
      onConnected: () => void this.handleConnected(),
    });
    const connection = this.listener.connection!;
    await holdBuild(connection, schema);
    if (!(await acquire(connection, joins ? 'shared' : 'exclusive'))) throw await ownedError(connection);
    await holdRoles(connection, roles);
    for (const name of workerNames) await reserveName(connection, name);
    this.holder = connection;
  }

  async confirm(): Promise<string> {
    const connection = this.holder;
    if (connection === null || connection !== this.listener?.connection)
      throw new Error('the connection to the database was lost during the start');
    const { instance, joins } = this.options;
    const stamp = await writeStamp(connection, { stackId: randomBytes(6).toString('hex'), openedBy: instance }, joins);
    if (!joins) await admitOthers(connection);
    this.openedBy = stamp.openedBy;
    return stamp.stackId;
  }

  async isAlone(): Promise<boolean> {
    const connection = this.listener?.connection;
    return connection ? (await platformsOn(connection)).platforms.length === 0 : false;
  }

  /** Takes the lock again after a lost connection, unless the database has been taken. */
  private async handleConnected(): Promise<void> {
    const connection = this.listener?.connection;
    if (!connection || this.openedBy === null) return;
    try {
      await holdBuild(connection, this.options.schema);
      await acquire(connection, 'shared', 0);
      await holdRoles(connection, this.options.roles);
      for (const name of this.options.workerNames) await reserveName(connection, name);
      this.holder = connection;
      const stamp = await readStamp(connection);
      if (stamp?.openedBy !== this.openedBy) this.reportReplaced(await ownedError(connection));
    } catch (error) {
      // A lost connection is replaced, and this runs again.
      if (!isLostConnection(error)) this.options.log.error({ err: error }, 'the stack of the database is not known');
    }
  }

  async leave(): Promise<void> {
    await this.listener?.close();
  }
}

type LockMode = keyof typeof PATIENCE_MS;

const LOCK_STATEMENTS: Readonly<Record<LockMode, string>> = {
  exclusive: 'select pg_advisory_lock($1)',
  shared: 'select pg_advisory_lock_shared($1)',
};

/** False when it is not granted in time; 0: waits without limit. */
const acquire = (connection: Client, mode: LockMode, patienceMs = PATIENCE_MS[mode]): Promise<boolean> =>
  lockWithin(patienceMs, connection, LOCK_STATEMENTS[mode], [ADVISORY_LOCKS.stack]);

async function lockWithin(
  patienceMs: number,
  connection: Client,
  statement: string,
  values: readonly unknown[],
): Promise<boolean> {
  await connection.query(`select set_config('lock_timeout', $1, false)`, [String(patienceMs)]);
  try {
    await connection.query(statement, [...values]);
    return true;
  } catch (error) {
    if (errorCode(error) !== LOCK_TIMED_OUT) throw error;
    return false;
  }
}

/** Throws WORKER_NAME_IN_USE. The session of a killed platform may still have to end. */
async function reserveName(connection: Client, name: string): Promise<void> {
  const statement = 'select pg_advisory_lock($1, hashtext($2))';
  if (!(await lockWithin(PATIENCE_MS.exclusive, connection, statement, [ADVISORY_LOCKS.workerName, name])))
    throw nameInUse(name);
}

export const nameInUse = (name: string) =>
  new DatabaseRefused('WORKER_NAME_IN_USE', `another worker has the name ${name}`, 'change PLATFORM_WORKER_NAME');

/** Exchanges the exclusive lock for a shared one, without a moment between them. */
async function admitOthers(connection: Client): Promise<void> {
  await connection.query(LOCK_STATEMENTS.shared, [ADVISORY_LOCKS.stack]);
  await connection.query('select pg_advisory_unlock($1)', [ADVISORY_LOCKS.stack]);
}

const OTHER_DATABASE = 'stop it, name another database, or start with --join to run beside it';

async function ownedError(connection: Client, remedy = OTHER_DATABASE): Promise<DatabaseRefused> {
  const [stamp, { database, platforms }] = [await readStamp(connection), await platformsOn(connection)];
  const owner = stamp === null ? 'a stack that is starting' : `stack ${stamp.stackId}`;
  const running = platforms.length === 0 ? '' : `, on which ${platforms.join(' and ')} is running`;
  return new DatabaseRefused('DB_OWNED_BY_OTHER_STACK', `database ${database} belongs to ${owner}${running}`, remedy);
}

async function withoutPlatform(connection: Client): Promise<DatabaseRefused> {
  const { database } = await platformsOn(connection);
  const remedy = 'name the database of a platform, or its --data directory';
  return new DatabaseRefused('DB_WITHOUT_PLATFORM', `no platform has started on database ${database}`, remedy);
}
