import { sql } from 'kysely';
import type { Transaction } from '../database/connection';
import { ownedByTenant } from '../database/tenant-filter';
import { authorColumns, type Author } from './author';

interface WrittenFiles {
  readonly pack: number;
  /** Of the workflows that the files make. */
  readonly refs: readonly string[];
  /** Those whose rows were saved from the files: what did not change keeps its author. */
  readonly savedRefs: readonly string[];
  readonly author: Author;
  /** They are all files of the pack. */
  readonly areAll: boolean;
}

/** Records who wrote files of workflows. */
export async function recordFileAuthors(
  transaction: Transaction,
  { pack, refs, savedRefs, author, areAll }: WrittenFiles,
): Promise<void> {
  if (areAll) await transaction.deleteFrom('workflow_file_author').where('pack', '=', pack).execute();
  const { saved_by, saved_with_sets } = authorColumns(author);
  await sql`
    insert into workflow_file_author (pack, ref, saved_by, saved_with_sets)
    select ${pack}, f.ref, case when w.id is null then ${saved_by}::int else w.saved_by end,
      case when w.id is null then ${saved_with_sets}::text[] else w.saved_with_sets end
    from unnest(${[...refs]}::text[]) f(ref) left join workflow_definition w
      on w.pack = ${pack} and w.ref = f.ref and w.ref = any(${[...savedRefs]}::text[])
    on conflict (pack, ref) do update
      set saved_by = excluded.saved_by, saved_with_sets = excluded.saved_with_sets`.execute(transaction);
}

/** Of the pack's files that have a recorded author, by the ref of the workflow. */
export async function listFileAuthors(transaction: Transaction, pack: number): Promise<ReadonlyMap<string, Author>> {
  const rows = await transaction
    .selectFrom('workflow_file_author')
    .select(['ref', 'saved_by', 'saved_with_sets'])
    .where('pack', '=', pack)
    .where(ownedByTenant)
    .execute();
  return new Map(rows.map((row) => [row.ref, { identity: row.saved_by, heldSetRefs: row.saved_with_sets }]));
}
