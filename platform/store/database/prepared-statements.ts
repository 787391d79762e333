import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/**
 * Number of named statements; further ones are planned at each use. A connection keeps what it
 * has prepared.
 */
const MAX_STATEMENTS = 500;
/** Statements with more parameters are lists of varying length, which hardly repeat. */
const MAX_PARAMETERS = 64;
const COMMANDS = ['UPDATE', 'DELETE', 'INSERT', 'SELECT', 'MERGE'] as const;
/** pg's error for a statement without an answer; the connection still waits for it. */
const NO_ANSWER = 'Query read timeout';
/** A table was altered by a newer version of the platform: prepared plans no longer fit. */
export const PLAN_OUTDATED = '0A000';

const statementNames = new Map<string, string>();

function statementName(text: string, parameters: number): string | undefined {
  if (parameters === 0 || parameters > MAX_PARAMETERS) return undefined;
  const existing = statementNames.get(text);
  if (existing !== undefined || statementNames.size >= MAX_STATEMENTS) return existing;
  const name = `statement_${statementNames.size}`;
  statementNames.set(text, name);
  return name;
}

/**
 * A pool whose connections plan a statement with parameters once, not at each use: planning costs
 * more than most statements.
 */
export function withPreparedStatements(pool: Pool): PostgresPool {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const existing = clients.get(client) ?? new PreparedStatementClient(client);
      clients.set(client, existing);
      return existing;
    },
    end: () => pool.end(),
  };
}

/** Sets the tenant of a session, until the next one. */
export const sessionTenant = (tenant: number): string => `set app.tenant = '${Math.trunc(tenant)}'`;
const isTenantSetting = (text: string): boolean => text.startsWith('set app.tenant = ');

class PreparedStatementClient implements PostgresPoolClient {
  private hasOutdatedPlan = false;
  private awaitsAnswer = false;
  private tenantSetting: string | null = null;

  constructor(private readonly client: PoolClient) {}

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new TypeError('cursors are not supported');
    return isTenantSetting(text) ? this.setTenant(text) : this.runQuery(text, parameters);
  }

  release(): void {
    this.client.release(this.hasOutdatedPlan || this.awaitsAnswer);
  }

  /** A session keeps its tenant: the statement is sent only where it changes. */
  private async setTenant<R>(statement: string): Promise<PostgresQueryResult<R>> {
    if (statement === this.tenantSetting) return { command: 'SELECT', rowCount: 0, rows: [] };
    this.tenantSetting = null;
    const result = await this.runQuery<R>(statement, []);
    this.tenantSetting = statement;
    return result;
  }

  private async runQuery<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (this.awaitsAnswer) throw new Error('the connection was given up: the database does not answer');
    const name = statementName(text, parameters.length);
    try {
      const { command, rowCount, rows } = await this.client.query<R & object>({
        text,
        values: [...parameters],
        ...(name !== undefined && { name }),
      });
      return {
        command: COMMANDS.find((candidate) => candidate === command) ?? 'SELECT',
        rowCount: rowCount ?? 0,
        rows,
      };
    } catch (error) {
      if ((error as { code?: unknown }).code === PLAN_OUTDATED) this.hasOutdatedPlan = true;
      if ((error as Error).message === NO_ANSWER) this.awaitsAnswer = true;
      throw error;
    }
  }
}
