import { sql } from 'kysely';
import { now, type Database, type Transaction } from './database';
import { lockPack } from './packs';
import type { RetiredKind } from './rows-retired-files';
import { own } from './walls';

export interface Retired {
  readonly kind: RetiredKind;
  readonly path: string;
}

/** Has directories removed once no attempt that began before this transaction uses them. */
export async function retireFiles(transaction: Transaction, packRef: string, files: readonly Retired[]): Promise<void> {
  if (files.length === 0) return;
  await transaction
    .insertInto('retired_files')
    .values(files.map(({ kind, path }) => ({ pack_ref: packRef, kind, path })))
    .onConflict((on) =>
      on.columns(['tenant', 'path']).doUpdateSet({ boundary: sql`nextval('fencing_token')`, retired_at: now }),
    )
    .execute();
}

export interface SpentFiles {
  readonly id: number;
  readonly tenant: number;
  readonly pack_ref: string;
}

/** Directories that nobody uses any more, in all tenants, the longest retired first. */
export const spentFiles = (db: Database): Promise<SpentFiles[]> =>
  db.alone(async (transaction) => (await sql<SpentFiles>`select * from spent_files()`.execute(transaction)).rows);

export interface Taker {
  /** Hash of the manifests that the environment at this path was made from; null: it does not say. */
  contentHash(path: string): Promise<string | null>;
  /** Takes it out of its place. */
  take(retired: Retired): Promise<void>;
}

/**
 * Forgets one of them and has it taken away while its pack cannot change; what has come into use again is only forgotten.
 * The taker may be called twice.
 */
export const takeSpent = (db: Database, spent: SpentFiles, taker: Taker): Promise<void> =>
  db.inTenant(spent.tenant, async (transaction) => {
    const pack = await lockPack(transaction, spent.pack_ref);
    const { rows } = await sql<Retired>`
      delete from retired_files where id = ${spent.id} and ${own} and id in (select id from spent_files())
      returning kind, path`.execute(transaction);
    const [retired] = rows;
    if (retired === undefined) return;
    if (pack === null || !(await isUsed(transaction, pack, retired, taker))) await taker.take(retired);
  });

async function isUsed(
  transaction: Transaction,
  pack: { readonly id: number; readonly storage: string | null },
  { kind, path }: Retired,
  taker: Taker,
): Promise<boolean> {
  if (kind === 'registration') return pack.storage === path;
  if (kind === 'environments') return true; // there is a pack of that ref again, and they are its own
  const made = await taker.contentHash(path);
  if (made === null) return false;
  const wanted = transaction.selectFrom('environment').select('id').where('pack', '=', pack.id);
  return (await wanted.where('content_hash', '=', made).executeTakeFirst()) !== undefined;
}
