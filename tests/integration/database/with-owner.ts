import { openPool } from '../../../platform/store/database/connection';
import type { TestDatabase } from './with-database';

/** Statements of the database's owner, whom no policy restricts. */
export function withOwner(database: () => TestDatabase) {
  let pool: ReturnType<typeof openPool>;
  beforeAll(() => (pool = openPool(database().url, 2)));
  afterAll(() => pool.end());
  const query = async <T extends object>(statement: string, values: unknown[] = []): Promise<T[]> =>
    (await pool.query<T>(statement, values)).rows;
  return {
    query,
    /** Returns the id of the new row. */
    insert: async (statement: string, values: unknown[] = []): Promise<number> =>
      (await query<{ id: number }>(`${statement} returning id`, values))[0]!.id,
    connect: () => pool.connect(),
  };
}
