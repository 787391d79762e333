import { Kysely, PostgresDialect, sql, type RawBuilder } from 'kysely';
import { Pool, types } from 'pg';
import type { Logger } from 'pino';
import type { Json } from '../../../contract/json';
import { parseJsonText } from '../../../contract/json-text/parse-json-text';
import { writeJson } from '../../../contract/json-text/write-json';
import { DEFAULT_LIMITS, type Limits } from '../../base/limits';
import { retryWithBackoff } from '../../base/async/retry-with-backoff';
import { ADVISORY_LOCKS } from './advisory-locks';
import { isDatabaseUnusable } from './lost-connection';
import { forOneStatement } from './one-statement';
import { PLAN_OUTDATED, withPreparedStatements } from './prepared-statements';
import { openTenantSessions } from './tenant-sessions';
import type { Settings } from '../../base/settings/settings';
import type { Tables } from './tables';
import type { Vault } from '../secrets/vault';

export type Transaction = Kysely<Tables>;

/** The role that the application's statements run as; row-level security applies to it. */
export const APP_ROLE = 'tuningfork_app';

/** The tenant of contract clients, and the one whose rows all tenants may read. */
export const DEFAULT_TENANT = 1;
export const SHARED_TENANT = 0;

types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.JSON, parseJsonText);
types.setTypeParser(types.builtins.JSONB, parseJsonText);
types.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => toRfc3339(text));

/**
 * PostgreSQL's text of a timestamp in a UTC session, as RFC 3339: `2026-01-27 10:00:00.123456+00`
 * → `2026-01-27T10:00:00.123456Z`.
 */
export const toRfc3339 = (text: string): string => text.replace(' ', 'T').replace(/\+00(:00)?$/, 'Z');

/** The contract's form of an instant inside a stored document: `+00:00` in place of `Z`. */
export const withUtcOffset = (instant: string): string => instant.replace('Z', '+00:00');

/** JSON text for a json column. */
export const asJson = (value: Json): string => writeJson(value);

/** Domain time: the instants that are stored, and what users plan with. */
export const now = sql<string>`platform_now()`;

/** Liveness time: leases, heartbeats, claims, and pauses between tries. */
export const livenessNow = sql<string>`liveness_now()`;

/** An instant of SQL as epoch ms with a fraction. */
export const epochMs = (instant: RawBuilder<string>): RawBuilder<number> =>
  sql<number>`(extract(epoch from ${instant}) * 1000)::double precision`;

/** The time of the tenant's clock, RFC 3339. */
export async function readClock(transaction: Transaction): Promise<string> {
  const { rows } = await sql<{ at: string }>`select ${now} as at`.execute(transaction);
  return rows[0]!.at;
}

/** The same, epoch ms with a fraction. */
export async function readClockMs(transaction: Transaction): Promise<number> {
  const { rows } = await sql<{ ms: number }>`select ${epochMs(now)} as ms`.execute(transaction);
  return rows[0]!.ms;
}

/** A time in epoch ms, with a fraction, for a timestamptz column. */
const timestampFromMs = (epochMs: number) => sql<string>`to_timestamp(${epochMs / 1000}::double precision)`;

/**
 * When something happened on a host (epoch ms of liveness time), in the time of the tenant's
 * clock: one that stands still shows the same instant from the start of a process to its end.
 */
export const domainInstant = (hostMs: number) => sql<string>`domain_instant(${timestampFromMs(hostMs)})`;

export interface Database {
  /**
   * Runs one transaction that sees only the rows of this tenant and the shared ones; no statement
   * runs outside one. Rolls back when `work` throws, and rethrows. A transaction that PostgreSQL
   * ended because of another one (a deadlock, an altered table) is repeated, so `work` must have
   * no other effect than its statements.
   */
  inTenant<T>(tenant: number, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * The same while no other transaction of the tenant is open: none reads its clock before a move
   * and commits after it. Throws the error of PostgreSQL (LOCK_NOT_AVAILABLE) where one does not
   * end within LOCK_LIMIT_MS. For platforms with virtual time.
   */
  aloneInTenant<T>(tenant: number, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs statements that only read, and see what `inTenant` sees. Each is a transaction of its
   * own: nothing is sent to begin and to end one. A statement that writes or locks throws.
   */
  readingInTenant<T>(tenant: number, work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one statement that sees what `inTenant` sees, without a begin and a commit around it. A
   * second statement throws.
   */
  statementInTenant<T>(tenant: number, statement: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one transaction without a tenant: for functions that read all tenants, and for `worker`.
   */
  withoutTenant<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /**
   * Runs one statement without a tenant, without a begin and a commit around it. A second
   * statement throws.
   */
  singleStatement<T>(statement: (transaction: Transaction) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const vaults = new WeakMap<Transaction, Vault>();

/** The vault of this transaction. Throws when the database was opened without one. */
export function vaultOf(transaction: Transaction): Vault {
  const vault = vaults.get(transaction);
  if (!vault) throw new Error('this database was opened without an encryption key: nothing can be sealed or unsealed');
  return vault;
}

const plainTransactions = new WeakSet<Transaction>();

/** Whether this transaction may do what the platform adds to Attune's contract. */
export const servesExtensions = (transaction: Transaction): boolean => !plainTransactions.has(transaction);

const strictTransactions = new WeakSet<Transaction>();

/** Whether responses of this transaction show the statuses of Attune's contract only. */
export const showsStrictStatuses = (transaction: Transaction): boolean => strictTransactions.has(transaction);

const logs = new WeakMap<Transaction, Logger>();

/** Logs an error that does not end its transaction. Does nothing where the database has no log. */
export const logHandled = (transaction: Transaction, error: unknown, message: string): void =>
  logs.get(transaction)?.error({ err: error }, message);

/** The settings that a transaction carries. */
export type DatabaseSettings = Pick<Settings, 'extensions' | 'limits' | 'status' | 'virtualTime'> & {
  readonly log?: Logger;
};

const DEFAULT_SETTINGS: DatabaseSettings = {
  extensions: true,
  limits: DEFAULT_LIMITS,
  status: 'extended',
  virtualTime: false,
};

const limitsByTransaction = new WeakMap<Transaction, Limits>();

/** The limits on what this transaction stores. */
export const limitsOf = (transaction: Transaction): Limits => limitsByTransaction.get(transaction) ?? DEFAULT_LIMITS;

/**
 * Opens the application's connections. `url` logs in as `ensureAppLogin` or as the owner; each
 * connection switches to APP_ROLE, which owns nothing. `connections` limits the pool. A lost
 * connection is replaced; the statement that used it throws. `vault` encrypts and decrypts stored
 * secrets; `settings` are those of all its transactions. `limitMs`: as for `openPool`.
 */
export function openDatabase(
  url: string,
  connections: number,
  vault: Vault | null = null,
  settings: DatabaseSettings = DEFAULT_SETTINGS,
  limitMs?: number,
): Database {
  const { virtualTime } = settings;
  const session = { role: APP_ROLE, virtualTime, ...(limitMs !== undefined && { limitMs }) };
  const pool = openPool(url, connections, session);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: withPreparedStatements(pool) }) });
  const equip = equipment(vault, settings);
  const openSessions = (isReadOnly: boolean) =>
    openTenantSessions(openPool(url, Math.min(connections, MAX_SESSIONS), { ...session, isReadOnly }));
  const [readers, writers] = [openSessions(true), openSessions(false)];
  const inTransaction = <T>(beginStatement: string, work: (transaction: Transaction) => Promise<T>): Promise<T> =>
    db.connection().execute(async (connection) => {
      equip(connection);
      try {
        await sql.raw(beginStatement).execute(connection); // a lock that it waits for may not be had
        const result = await work(connection);
        await sql.raw('commit').execute(connection);
        return result;
      } catch (error) {
        // A lost connection has nothing to roll back; the first error is the one to report.
        await sql
          .raw('rollback')
          .execute(connection)
          .catch(() => undefined);
        throw error;
      }
    });
  return {
    inTenant: (tenant, work) =>
      retryTransient(() =>
        inTransaction(beginInTenant(tenant, virtualTime ? [clockLock('shared', tenant)] : []), work),
      ),
    aloneInTenant: (tenant, work) =>
      retryTransient(() =>
        inTransaction(
          beginInTenant(tenant, [`set local lock_timeout = ${LOCK_LIMIT_MS}`, clockLock('exclusive', tenant)]),
          work,
        ),
      ),
    readingInTenant: (tenant, work) =>
      retryTransient(() => readers.run(tenant, (connection) => work(equip(connection)))),
    statementInTenant: (tenant, statement) =>
      retryTransient(() => writers.run(tenant, (connection) => statement(equip(forOneStatement(connection))))),
    withoutTenant: (work) => retryTransient(() => inTransaction('begin', work)),
    singleStatement: (statement) =>
      retryTransient(() => db.connection().execute((connection) => statement(equip(forOneStatement(connection))))),
    close: async () => {
      await Promise.all([db.destroy(), readers.close(), writers.close()]);
    },
  };
}

const beginInTenant = (tenant: number, statements: readonly string[]): string =>
  ['begin', `set local app.tenant = '${Math.trunc(tenant)}'`, ...statements].join('; ');

const CLOCK_LOCKS = { shared: 'pg_advisory_xact_lock_shared', exclusive: 'pg_advisory_xact_lock' } as const;

/** Every transaction of a tenant whose clock may be moved has the lock; a move has it alone. */
const clockLock = (mode: keyof typeof CLOCK_LOCKS, tenant: number): string =>
  `select ${CLOCK_LOCKS[mode]}(${ADVISORY_LOCKS.tenantClock}, ${Math.trunc(tenant)})`;

/** How long a move waits for open transactions, ms: new ones wait for it. */
const LOCK_LIMIT_MS = 100;
/** The code of PostgreSQL for a lock that was waited for too long. */
export const LOCK_NOT_AVAILABLE = '55P03';

/** Gives a connection what `vaultOf`, `servesExtensions` and the like return. */
const equipment =
  (vault: Vault | null, { extensions, limits, status, log }: DatabaseSettings) =>
  (connection: Transaction): Transaction => {
    if (log) logs.set(connection, log);
    if (vault) vaults.set(connection, vault);
    if (!extensions) plainTransactions.add(connection);
    if (status === 'strict') strictTransactions.add(connection);
    limitsByTransaction.set(connection, limits);
    return connection;
  };

/** Connections that only read, and those of single statements. */
const MAX_SESSIONS = 4;

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK = '40P01';
const MAX_ATTEMPTS = 5;

/** Whether a transaction failed because of another one: repeated, it may succeed. */
const isTransient = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  return code === SERIALIZATION_FAILURE || code === DEADLOCK || code === PLAN_OUTDATED;
};

/** Whether a transaction cannot go on from a savepoint after this error. */
export const endsTransaction = (error: unknown): boolean => isTransient(error) || isDatabaseUnusable(error);

/**
 * Runs a part of a transaction. What throws has no effect, and the transaction may go on unless
 * the error `endsTransaction`.
 */
export async function underSavepoint<T>(transaction: Transaction, work: () => Promise<T>): Promise<T> {
  await sql`savepoint part`.execute(transaction);
  try {
    const result = await work();
    await sql`release savepoint part`.execute(transaction);
    return result;
  } catch (error) {
    if (!endsTransaction(error)) await sql`rollback to savepoint part`.execute(transaction);
    throw error;
  }
}

const retryTransient = <T>(transaction: () => Promise<T>): Promise<T> =>
  retryWithBackoff(transaction, { maxAttempts: MAX_ATTEMPTS, isRetryable: isTransient });

/** An attempt to connect, or to get a connection, must not outlast a lost network for long, ms. */
const MAX_CONNECTING_MS = 30_000;

/** An error of a connection is thrown by the statement that uses it next. */
const ignoreError = () => undefined;

interface PoolSession {
  /** That the owner switches to; absent: it does not. */
  readonly role?: string;
  /**
   * A connection is given up when a statement, or the connecting, takes longer; a lost network
   * alone would be noticed minutes later.
   */
  readonly limitMs?: number;
  readonly isReadOnly?: boolean;
  /** Statements read the clock of their tenant. */
  readonly virtualTime?: boolean;
}

/**
 * Opens connections of the owner, or of a role that it may switch to. The pool survives a lost
 * server; each use of a lost connection throws.
 */
export function openPool(
  url: string,
  connections: number,
  { role, limitMs, isReadOnly = false, virtualTime = false }: PoolSession = {},
): Pool {
  const options = [
    'timezone=UTC',
    ...(role === undefined ? [] : [`role=${role}`]),
    ...(isReadOnly ? ['default_transaction_read_only=on'] : []),
    ...(virtualTime ? ['platform.virtual_time=on'] : []),
  ]
    .map((setting) => `-c ${setting}`)
    .join(' ');
  const connectionTimeoutMillis = Math.min(limitMs ?? 0, MAX_CONNECTING_MS);
  const limits = limitMs === undefined ? {} : { query_timeout: limitMs, connectionTimeoutMillis };
  const pool = new Pool({ connectionString: url, max: connections, options, ...limits });
  pool.on('error', ignoreError);
  pool.on('connect', (client) => client.on('error', ignoreError));
  return pool;
}
