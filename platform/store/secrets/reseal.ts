import type { ClientBase } from 'pg';
import { SEALED_COLUMNS, UnsealFailed, type SealBinding, type SealedColumn, type Vault } from './vault';

/** What was read, of one column so far or of all. */
export interface ResealedValues {
  readonly values: number;
  /** Those that a former key had sealed, and that are stored under the key now. */
  readonly resealed: number;
}

export interface ResealResult extends ResealedValues {
  /** Places of values that none of the keys opens: they are left as they are. */
  readonly unreadable: readonly SealBinding[];
}

export interface ResealOptions {
  /** After each batch, when it is stored. What it throws ends the work. */
  onBatch(column: SealedColumn, ofColumn: ResealedValues): void;
  /** Rows of a batch; a batch of large values has fewer. */
  readonly batchRows?: number;
}

const BATCH_ROWS = 200;
const BATCH_BYTES = 16 * 1_024 ** 2;

/**
 * Seals all values of all tenants that a former key has sealed under the vault's key, in batches
 * of one statement each. A value that was written meanwhile is kept. Ends after a pass that has
 * found none under a former key. `owner`: a session of the owner of the tables, for this work
 * alone. Throws the error of the server for a role from which a policy would hide rows.
 */
export async function resealAll(
  owner: Pick<ClientBase, 'query'>,
  vault: Vault,
  options: ResealOptions,
): Promise<ResealResult> {
  await owner.query(`select set_config('app.resealing', 'on', false), set_config('row_security', 'off', false)`);
  let resealed = 0;
  for (;;) {
    const pass = new ResealPass(owner, vault, options);
    for (const column of SEALED_COLUMNS) await pass.resealColumn(column);
    resealed += pass.resealed;
    if (pass.found === 0) return { values: pass.values, resealed, unreadable: pass.unreadable };
  }
}

interface SealedRow {
  readonly row: number;
  readonly tenant: number;
  readonly version: number | null;
  readonly sealed: string;
}

interface ResealedRow {
  readonly row: number;
  readonly from: string;
  readonly to: string;
}

/** How a column is read and written where that is not the text of a row with an `id`. */
interface ColumnForm {
  readonly id?: string;
  readonly text?: string;
  readonly version?: string;
  readonly isSealed?: string;
  readonly stored?: string;
}

const FORMS: Readonly<Partial<Record<SealedColumn['table'], ColumnForm>>> = {
  key: { text: `value #>> '{}'`, version: 'version', isSealed: 'encrypted', stored: 'to_json(changed.later)' },
  execution_rerun: { id: 'execution' },
};

class ResealPass {
  values = 0;
  resealed = 0;
  /** Values under a former key, also those that were written meanwhile. */
  found = 0;
  readonly unreadable: SealBinding[] = [];

  constructor(
    private readonly owner: Pick<ClientBase, 'query'>,
    private readonly vault: Vault,
    private readonly options: ResealOptions,
  ) {}

  async resealColumn(column: SealedColumn): Promise<void> {
    const before = { values: this.values, resealed: this.resealed };
    let last = 0;
    for (;;) {
      const rows = await this.readBatch(column, last);
      if (rows.length === 0) return;
      last = rows.at(-1)!.row;
      this.values += rows.length;
      const changed = rows.flatMap((row) => this.resealRow(column, row));
      this.found += changed.length;
      if (changed.length > 0) this.resealed += await this.store(column, changed);
      const ofColumn = { values: this.values - before.values, resealed: this.resealed - before.resealed };
      this.options.onBatch(column, ofColumn);
    }
  }

  /** The next rows after this one, by id: as many as their size allows, at least one. */
  private async readBatch({ table, column }: SealedColumn, last: number): Promise<SealedRow[]> {
    const { id = 'id', text = column, version = 'null::int', isSealed = `${column} is not null` } = FORMS[table] ?? {};
    const { rows } = await this.owner.query<SealedRow>(
      `select "row", tenant, version, sealed from (
        select *, sum(octet_length(sealed)) over (order by "row") - octet_length(sealed) as bytes_before from (
          select ${id}::double precision as "row", tenant, ${version} as version, ${text} as sealed from ${table}
          where ${id} > $1 and ${isSealed} order by ${id} limit $2) next_rows) sized_rows
      where bytes_before < $3 order by "row"`,
      [last, this.options.batchRows ?? BATCH_ROWS, BATCH_BYTES],
    );
    return rows;
  }

  private resealRow(column: SealedColumn, { row, tenant, version, sealed }: SealedRow): ResealedRow[] {
    const binding: SealBinding = { ...column, tenant, row, ...(version !== null && { version }) };
    try {
      const to = this.vault.reseal(sealed, binding);
      return to === null ? [] : [{ row, from: sealed, to }];
    } catch (error) {
      if (!(error instanceof UnsealFailed)) throw error;
      this.unreadable.push(binding);
      return [];
    }
  }

  /** Returns how many still had the value that was read. */
  private async store({ table, column }: SealedColumn, rows: readonly ResealedRow[]): Promise<number> {
    const { id = 'id', text = column, stored = 'changed.later' } = FORMS[table] ?? {};
    const { rowCount } = await this.owner.query(
      `update ${table} set ${column} = ${stored}
      from unnest($1::bigint[], $2::text[], $3::text[]) as changed(changed_row, earlier, later)
      where ${id} = changed_row and ${text} = earlier`,
      [rows.map(({ row }) => row), rows.map(({ from }) => from), rows.map(({ to }) => to)],
    );
    return rowCount ?? 0;
  }
}
