import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** Texts that get a name; those that come after them are planned at each use. A connection keeps what it has prepared. */
const MOST_NAMES = 500;
/** Statements of more parameters are lists whose length varies: hardly one is like another. */
const MOST_PARAMETERS = 64;
const COMMANDS = ['UPDATE', 'DELETE', 'INSERT', 'SELECT', 'MERGE'] as const;
/** A table was altered by a newer platform: what was prepared before no longer fits. */
export const PLAN_OUTDATED = '0A000';

const names = new Map<string, string>();

function nameOf(text: string, parameters: number): string | undefined {
  if (parameters === 0 || parameters > MOST_PARAMETERS) return undefined;
  const known = names.get(text);
  if (known !== undefined || names.size >= MOST_NAMES) return known;
  const name = `statement_${names.size}`;
  names.set(text, name);
  return name;
}

/** A pool whose connections plan a statement with parameters once, not at each use: planning is dearer than most answers. */
export function preparing(pool: Pool): PostgresPool {
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    connect: async () => {
      const client = await pool.connect();
      const known = clients.get(client) ?? new PreparingClient(client);
      clients.set(client, known);
      return known;
    },
    end: () => pool.end(),
  };
}

class PreparingClient implements PostgresPoolClient {
  private outdated = false;

  constructor(private readonly client: PoolClient) {}

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    text: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof text !== 'string') throw new TypeError('nothing is read through cursors here');
    return this.ask(text, parameters);
  }

  release(): void {
    this.client.release(this.outdated);
  }

  private async ask<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    const name = nameOf(text, parameters.length);
    try {
      const { command, rowCount, rows } = await this.client.query<R & object>({
        text,
        values: [...parameters],
        ...(name !== undefined && { name }),
      });
      return { command: COMMANDS.find((known) => known === command) ?? 'SELECT', rowCount: rowCount ?? 0, rows };
    } catch (error) {
      if ((error as { code?: unknown }).code === PLAN_OUTDATED) this.outdated = true;
      throw error;
    }
  }
}
