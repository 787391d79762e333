import type { Pool } from 'pg';
import { NEXT, STATUSES, type Status } from '../../../contract/status';
import { openPool } from '../../../platform/store/database/connection';
import { readFunctions } from '../../../platform/store/database/sql-files';
import { withDatabase } from '../database/with-database';

const database = withDatabase();

/** Plain SQL, as the owner. */
async function asOwner<T>(work: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = openPool(database().url, 1);
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

const EDGES = STATUSES.flatMap((from) => NEXT[from].map((to): [Status, Status] => [from, to]));

/** Pairs of different statuses that plain SQL may write one after the other. */
async function acceptedEdges(owner: Pool): Promise<[Status, Status][]> {
  const accepted: [Status, Status][] = [];
  for (const from of STATUSES) {
    for (const to of STATUSES.filter((status) => status !== from)) {
      const { rows } = await owner.query<{ id: number }>(
        `insert into execution (action_ref, status) values ('core.noop', $1) returning id`,
        [from],
      );
      const written = owner.query(`update execution set status = $2 where id = $1`, [rows[0]!.id, to]);
      if (await written.then(() => true, isRejectedEdge)) accepted.push([from, to]);
    }
  }
  return accepted;
}

const isRejectedEdge = (error: unknown): false => {
  if ((error as { constraint?: unknown }).constraint === 'execution_edges') return false;
  throw error;
};

/** The list of pairs as the file of the trigger spells it. */
const asSql = (edges: readonly (readonly [Status, Status])[]): string =>
  edges.map(([from, to]) => `('${from}', '${to}')`).join(', ');

test('the database accepts the edges of NEXT and no others', async () => {
  expect((await asOwner(acceptedEdges)).sort()).toEqual([...EDGES].sort());
});

test('the trigger lists the edges in the order of NEXT', async () => {
  const file = (await readFunctions()).find(({ name }) => name === 'reject_execution_edge.sql')!;
  const [pairs] = /\('requested', '[^;]*'\)(?=\s*\)\))/.exec(file.text)!;

  expect(pairs.replace(/\s+/g, ' ')).toBe(asSql(EDGES));
});

test('a write of the same status is no transition', async () => {
  const written = await asOwner(async (owner) => {
    await owner.query(`insert into execution (action_ref, status) values ('core.edge', 'completed')`);
    return owner.query(`update execution set status = 'completed', attempt = 2 where action_ref = 'core.edge'`);
  });

  expect(written.rowCount).toBe(1);
});
