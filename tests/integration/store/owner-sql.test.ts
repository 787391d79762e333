import { DEFAULT_TENANT } from '../../../platform/store/database/connection';
import { withDatabase } from '../database/with-database';
import { withOwner } from '../database/with-owner';

/**
 * Columns that clients of the contract insert by plain SQL, and no others. A value is an SQL
 * expression; `id(table)` is the row inserted there before.
 */
const INSERTS: readonly (readonly [table: string, columns: Readonly<Record<string, string>>])[] = [
  ['identity', { login: `'plain'`, display_name: `'Plain'`, attributes: `'{"team": "a"}'` }],
  ['permission_set', { ref: `'plain.set'`, label: `'Set'`, description: `''`, grants: `'[]'` }],
  ['permission_assignment', { identity: 'id(identity)', permset: 'id(permission_set)' }],
  [
    'pack',
    {
      ref: `'plain'`,
      label: `'Plain'`,
      description: 'null',
      version: `'1.0.0'`,
      conf_schema: `'{}'`,
      config: `'{}'`,
      meta: `'{}'`,
      tags: `'{}'`,
      runtime_deps: `'{}'`,
      dependencies: `'{}'`,
      installers: `'{}'`,
      is_standard: 'false',
    },
  ],
  [
    'action',
    {
      ref: `'plain.act'`,
      pack: 'id(pack)',
      pack_ref: `'plain'`,
      label: `'Act'`,
      description: `''`,
      entrypoint: `'a.sh'`,
      param_schema: `'{}'`,
      out_schema: `'{}'`,
      is_adhoc: 'true',
      accesses_mcp: 'false',
      required_worker_runtimes: `'{}'`,
    },
  ],
  ['trigger', { ref: `'plain.hook'`, webhook_config: `'{}'` }],
  [
    'key',
    {
      ref: `'plain.key'`,
      owner_type: `'pack'`,
      owner_pack: 'id(pack)',
      name: `'key'`,
      encrypted: 'false',
      value: `'"v"'`,
    },
  ],
  [
    'execution',
    {
      action: 'id(action)',
      action_ref: `'plain.act'`,
      status: `'running'`,
      config: `'{}'`,
      env_vars: `'{}'`,
      parent: 'null',
      worker: 'null',
      started_at: 'now()',
      created: 'now()',
      updated: 'now()',
    },
  ],
  ['inquiry', { execution: 'id(execution)', prompt: `'?'`, status: `'pending'`, assigned_to: 'id(identity)' }],
  ['event', { trigger_ref: `'plain.hook'`, payload: `'{}'`, created: 'now()' }],
  ['enforcement', { trigger_ref: `'plain.hook'`, payload: `'{}'`, created: 'now()' }],
  ['runtime', { ref: `'plain.shell'`, pack_ref: `'plain'` }],
];
/** The table of workers has no tenant. */
const WORKER =
  `insert into worker (name, worker_type, worker_role, status, capabilities, meta, last_heartbeat) ` +
  `values ('plain', 'local', 'action', 'active', '{}', '{}', now()) returning id`;

const database = withDatabase();
const owner = withOwner(database);

test('plain SQL of the owner inserts into `default` and reads every tenant', async () => {
  const ids = new Map<string, number>();
  for (const [table, columns] of INSERTS) {
    const values = Object.values(columns).map((value) =>
      value.replace(/^id\((\w+)\)$/, (_all, named: string) => String(ids.get(named))),
    );
    const rows = await owner.query<{ id: number; tenant: number }>(
      `insert into ${table} (${Object.keys(columns).join(', ')}) values (${values.join(', ')}) returning id, tenant`,
    );
    expect([table, rows[0]?.tenant]).toEqual([table, DEFAULT_TENANT]);
    ids.set(table, rows[0]!.id);
  }
  await owner.query(WORKER);

  const tenant = await owner.insert(`insert into tenant (slug, name) values ('other', 'Other')`);
  await owner.query(`insert into pack (tenant, ref) values ($1, 'theirs')`, [tenant]);
  const visible = await owner.query(`select ref from pack where ref in ('plain', 'theirs') order by ref`);
  expect(visible).toEqual([{ ref: 'plain' }, { ref: 'theirs' }]);
});

test.each(INSERTS.map(([table]) => table))('every other column of %s has a default or is nullable', async (table) => {
  const named = Object.keys(INSERTS.find(([name]) => name === table)![1]);
  const rows = await owner.query<{ column_name: string }>(
    `select column_name from information_schema.columns where table_schema = 'public' and table_name = $1
      and is_nullable = 'NO' and column_default is null and is_identity = 'NO'`,
    [table],
  );
  expect(rows.map(({ column_name }) => column_name).filter((column) => !named.includes(column))).toEqual([]);
});
