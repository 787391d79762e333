import { sql, type Selectable } from 'kysely';
import type { PackTestRecord, PackTestResult, TestReason } from '../../../contract/pack-tests';
import { asJson, type Transaction } from '../database/connection';
import { countedRows, type CountedRows, type RowRange } from '../database/list-rows';
import type { Tables } from '../database/tables';
import { ownedByTenant } from '../database/tenant-filter';

/** Of each pack; the oldest are removed. */
const MAX_RECORDS = 100;

/** Stores the result of a pack's tests. */
export async function recordPackTest(
  transaction: Transaction,
  pack: number,
  triggerReason: TestReason,
  result: PackTestResult,
): Promise<void> {
  await transaction
    .insertInto('pack_test_execution')
    .values({
      pack,
      pack_version: result.packVersion,
      execution_time: result.executionTime,
      trigger_reason: triggerReason,
      total_tests: result.totalTests,
      passed: result.passed,
      failed: result.failed,
      skipped: result.skipped,
      pass_rate: result.passRate,
      duration_ms: result.durationMs,
      result: asJson(result),
    })
    .execute();
  await sql`
    delete from pack_test_execution where pack = ${pack} and ${ownedByTenant} and id not in (
      select id from pack_test_execution where pack = ${pack} and ${ownedByTenant}
      order by execution_time desc, id desc limit ${MAX_RECORDS})`.execute(transaction);
}

const ofPack = (transaction: Transaction, pack: number) =>
  transaction.selectFrom('pack_test_execution').where('pack', '=', pack).where(ownedByTenant);

const newestFirst = (transaction: Transaction, pack: number) =>
  ofPack(transaction, pack).selectAll().orderBy('execution_time', 'desc').orderBy('id', 'desc');

/** One page, the newest first. */
export const listPackTests = (
  transaction: Transaction,
  pack: number,
  { offset, limit }: RowRange,
): Promise<CountedRows<PackTestRecord>> =>
  countedRows(ofPack(transaction, pack), newestFirst(transaction, pack).offset(offset).limit(limit), toRecord);

/** Null: the pack has none. */
export async function latestPackTest(transaction: Transaction, pack: number): Promise<PackTestRecord | null> {
  const row = await newestFirst(transaction, pack).limit(1).executeTakeFirst();
  return row === undefined ? null : toRecord(row);
}

const toRecord = (row: Selectable<Tables['pack_test_execution']>): PackTestRecord => ({
  id: row.id,
  packId: row.pack,
  packVersion: row.pack_version,
  executionTime: row.execution_time,
  triggerReason: row.trigger_reason,
  totalTests: row.total_tests,
  passed: row.passed,
  failed: row.failed,
  skipped: row.skipped,
  passRate: row.pass_rate,
  durationMs: row.duration_ms,
  result: row.result,
  created: row.created,
});
