import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { equalColumns } from '../../../platform/store/database/list-rows';
import type { Tables } from '../../../platform/store/database/tables';

const db = new Kysely<Tables>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (introspected) => new PostgresIntrospector(introspected),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});

test('all given values must match, and undefined ones match every row', () => {
  const condition = equalColumns<'event'>({ trigger: 3, trigger_ref: undefined, rule_ref: 'demo.rule' });

  const { sql, parameters } = condition.compile(db);

  expect([sql, parameters]).toEqual(['("trigger" = $1 and "rule_ref" = $2)', [3, 'demo.rule']]);
});

test('without a value every row matches', () => {
  expect(equalColumns<'event'>({ trigger: undefined }).compile(db).sql).toBe('true');
});
