import { sql } from 'kysely';
import type { NetworkMode } from '../../../contract/packs';
import type { TestSuite } from '../../../contract/pack-tests';
import { MAX_TESTS_OF_TENANT } from '../../core/packs/running-limits';
import type { SuitePlan } from '../../core/packs/testing-block';
import { asJson, livenessNow, type Database, type Transaction } from '../database/connection';
import { notifyPackTesters } from '../database/notify';
import { ownedByTenant } from '../database/tenant-filter';

/** Workers that may be lost with the tests of one request. */
const MAX_ATTEMPTS = 3;
/** How long a request stays without its requester, s. */
const AWAITED_SECONDS = 10;

/** The files to test, and how. */
export interface TestedFiles {
  readonly packRef: string;
  readonly directory: string;
  readonly network: NetworkMode;
  /** The files of a registered pack, with its environments. */
  readonly isInstalled: boolean;
  readonly suites: readonly SuitePlan[];
}

/** Tests that a worker has claimed. */
export interface ClaimedPackTest extends TestedFiles {
  readonly id: number;
  readonly tenant: number;
  /** 1 for the first worker that claims it. */
  readonly attempt: number;
}

const awaitedUntil = sql<string>`${livenessNow} + ${AWAITED_SECONDS} * interval '1 s'`;

/** Requests tests of the workers. Returns the id of the request. */
export async function requestPackTest(transaction: Transaction, files: TestedFiles): Promise<number> {
  const { packRef, directory, network, isInstalled, suites } = files;
  const { id } = await transaction
    .insertInto('pack_test_request')
    .values({
      pack_ref: packRef,
      directory,
      network,
      is_installed: isInstalled,
      awaited_until: awaitedUntil,
      plan: asJson(suites.map((suite) => ({ ...suite }))),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await notifyPackTesters(transaction);
  return id;
}

/** How far the tests of a request are. */
export type PackTestState =
  | { readonly is: 'waiting' | 'running' }
  | { readonly is: 'failed'; readonly error: string }
  | { readonly is: 'done'; readonly suites: readonly TestSuite[] };

/** Keeps the request, and reads its state; null: it was removed. */
export async function awaitPackTest(transaction: Transaction, id: number): Promise<PackTestState | null> {
  const row = await transaction
    .updateTable('pack_test_request')
    .set({ awaited_until: awaitedUntil })
    .where('id', '=', id)
    .where(ownedByTenant)
    .returning(['suites', 'error', 'attempts'])
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.suites !== null) return { is: 'done', suites: row.suites };
  if (row.error !== null) return { is: 'failed', error: row.error };
  return { is: row.attempts === 0 ? 'waiting' : 'running' };
}

export const removePackTest = (transaction: Transaction, id: number): Promise<unknown> =>
  transaction.deleteFrom('pack_test_request').where('id', '=', id).where(ownedByTenant).execute();

/** Claims tests, with a lease; null: there are none to run. */
export const claimPackTest = (db: Database, leaseMs: number): Promise<ClaimedPackTest | null> =>
  db.singleStatement(async (transaction) => {
    const { rows } = await sql<ClaimedPackTest>`
      select id, tenant, pack_ref as "packRef", directory, network, is_installed as "isInstalled", plan as suites, attempt
      from claim_pack_test(${leaseMs}, ${MAX_ATTEMPTS}, ${MAX_TESTS_OF_TENANT})`.execute(transaction);
    return rows[0] ?? null;
  });

export type PackTestLease = Pick<ClaimedPackTest, 'id' | 'tenant' | 'attempt'>;

/** False: no request waits for the result, or another worker has claimed the tests. */
export const renewPackTest = (
  db: Database,
  { id, tenant, attempt }: PackTestLease,
  leaseMs: number,
): Promise<boolean> =>
  db.statementInTenant(tenant, async (transaction) => {
    const { rows } = await sql`
      update pack_test_request set leased_until = ${livenessNow} + ${leaseMs}::double precision * interval '1 ms'
      where id = ${id} and attempts = ${attempt} and leased_until is not null and awaited_until > ${livenessNow}
        and suites is null and error is null and ${ownedByTenant} returning id`.execute(transaction);
    return rows.length > 0;
  });

/** Stores the result; null: another worker may run the tests at once. */
export const finishPackTest = (
  db: Database,
  { id, tenant, attempt }: PackTestLease,
  suites: readonly TestSuite[] | null,
): Promise<unknown> =>
  db.statementInTenant(tenant, (transaction) => {
    const stored = suites === null ? null : asJson(suites.map((suite) => ({ ...suite })));
    return transaction
      .updateTable('pack_test_request')
      .set({ suites: stored, leased_until: null })
      .where('id', '=', id)
      .where('attempts', '=', attempt)
      .where('suites', 'is', null)
      .where('error', 'is', null)
      .where(ownedByTenant)
      .execute();
  });
