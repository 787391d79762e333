import { NEXT, STATUSES, type Status } from '../../../contract/status';
import { readFunctions } from '../../../platform/store/database/sql-files';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const owner = withOwner(withDatabase());

const EDGES = STATUSES.flatMap((from) => NEXT[from].map((to): [Status, Status] => [from, to]));

/** Pairs of different statuses that plain SQL may write one after the other. */
async function acceptedEdges(): Promise<[Status, Status][]> {
  const accepted: [Status, Status][] = [];
  for (const from of STATUSES) {
    for (const to of STATUSES.filter((status) => status !== from)) {
      const id = await owner.insert(`insert into execution (action_ref, status) values ('core.noop', $1)`, [from]);
      const written = owner.query(`update execution set status = $2 where id = $1`, [id, to]);
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
  expect((await acceptedEdges()).sort()).toEqual([...EDGES].sort());
});

test('the trigger lists the edges in the order of NEXT', async () => {
  const file = (await readFunctions()).find(({ name }) => name === 'reject_execution_edge.sql')!;
  const [pairs] = /\('requested', '[^;]*'\)(?=\s*\)\))/.exec(file.text)!;

  expect(pairs.replace(/\s+/g, ' ')).toBe(asSql(EDGES));
});

test('a write of the same status is no transition', async () => {
  await owner.query(`insert into execution (action_ref, status) values ('core.edge', 'completed')`);

  const written = await owner.query(
    `update execution set status = 'completed', attempt = 2 where action_ref = 'core.edge' returning attempt`,
  );

  expect(written).toEqual([{ attempt: 2 }]);
});
