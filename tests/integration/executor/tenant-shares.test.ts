import { claimExecutions } from '../../../platform/store/executions/attempts';
import { loadWaitingRows } from '../../../platform/store/executions/waiting-rows';
import { registerWorker } from '../../../platform/store/workers/workers';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

const database = withDatabase();
const owner = withOwner(database);

let count = 0;

/** A worker, and tenants of these weights. */
async function arrange(...weights: number[]) {
  const name = `shares-${++count}`;
  const worker = await registerWorker(database().db, { name, runtimes: {}, slots: 10, meta: {} });
  const tenants: number[] = [];
  for (const weight of weights) {
    const slug = `${name}-${tenants.length}`;
    const rows = await owner.query<{ id: number }>(
      `insert into tenant (slug, name, slot_weight) values ($1, $1, $2) returning id`,
      [slug, weight],
    );
    tenants.push(rows[0]!.id);
  }
  return {
    tenants,
    assign: (tenant: number, executions: number) =>
      owner.query(
        `insert into execution (tenant, action_ref, status, worker)
          select $1, 'a.b', 'scheduled', $2 from generate_series(1, $3)`,
        [tenant, worker, executions],
      ),
    /** Of the oldest execution of a tenant that waits for a slot. */
    turn: async (tenant: number) => {
      const rows = await owner.query<{ id: number }>(
        `select id from execution e where tenant = $1 and status = 'scheduled' and not exists (
          select from lease l where l.resource = 'execution:' || e.id) order by id limit 1`,
        [tenant],
      );
      const { id } = rows[0]!;
      const { turns } = await database().db.readingInTenant(tenant, (transaction) => loadWaitingRows(transaction, id));
      expect(turns.map(({ execution }) => execution)).toEqual([id]);
      const [{ held, weight, before }] = turns as [(typeof turns)[number]];
      return { held, weight, before };
    },
    /** Ends an execution that holds a slot. */
    release: (tenant: number) =>
      owner.query(
        `with freed as (
           delete from lease where resource in (select min(resource) from lease where owner = $1 and tenant = $2)
             returning resource)
         update execution set status = 'failed' from freed where resource = 'execution:' || id`,
        [worker, tenant],
      ),
    /** How many executions of each tenant the worker gets. */
    claim: async (slots: number): Promise<number[]> => {
      const claims = await claimExecutions(database().db, worker, slots, 60_000);
      return tenants.map((tenant) => claims.filter((claimed) => claimed.tenant === tenant).length);
    },
  };
}

test('LD-02 one execution of a second tenant gets the next slot', async () => {
  const { tenants, assign, claim } = await arrange(1, 1);
  await assign(tenants[0]!, 500);
  expect(await claim(10)).toEqual([10, 0]);
  await assign(tenants[1]!, 1);

  expect(await claim(1)).toEqual([0, 1]);
  expect(await claim(1)).toEqual([1, 0]);
});

test('LD-02 two tenants that wait share the slots by their weights', async () => {
  const { tenants, assign, claim } = await arrange(1, 3);
  await assign(tenants[0]!, 100);
  await assign(tenants[1]!, 100);

  expect(await claim(8)).toEqual([2, 6]);
  expect(await claim(4)).toEqual([1, 3]);
});

test('a tenant that waits alone gets every slot', async () => {
  const { tenants, assign, claim } = await arrange(1, 1000);
  await assign(tenants[0]!, 7);

  expect(await claim(10)).toEqual([7, 0]);
});

test('the turn of an execution counts those of other tenants before it', async () => {
  const { tenants, assign, claim, release, turn } = await arrange(1, 3);
  const [one, other] = tenants as [number, number];
  await assign(one, 9);
  await claim(8);
  await assign(other, 5);

  expect([await turn(one), await turn(other)]).toEqual([
    { held: 8, weight: 1, before: 5 },
    { held: 0, weight: 3, before: 0 },
  ]);
  await release(one);
  expect([await claim(1), await turn(one)]).toEqual([[0, 1], { held: 7, weight: 1, before: 4 }]);
});

test('a tenant with its share of the slots gets the next one of its own', async () => {
  const { tenants, assign, claim, release, turn } = await arrange(1, 3);
  const [one, other] = tenants as [number, number];
  await assign(one, 100);
  await assign(other, 100);
  await claim(8);

  expect([await turn(one), await turn(other)]).toEqual([
    { held: 2, weight: 1, before: 0 },
    { held: 6, weight: 3, before: 0 },
  ]);
  await release(one);
  expect(await claim(1)).toEqual([1, 0]);
  await release(other);
  expect(await claim(1)).toEqual([0, 1]);
});
