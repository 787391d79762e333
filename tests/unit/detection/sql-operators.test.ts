import * as babel from '@babel/core';
import { sqlOperators } from '../../../tools/detection/mutants/sql-operators';

/** What an operator makes of a source, as text. */
function mutantsOf(name: string, source: string): string[] {
  const operator = sqlOperators(babel).find((each) => each.name === name)!;
  const found: string[] = [];
  babel.traverse(babel.parseSync(source, { configFile: false })!, {
    enter: (path) => {
      const text = (node: babel.types.Node) => babel.transformFromAstSync(babel.types.file(programOf(node)))!.code!;
      found.push(...[...operator.mutate(path)].map(text));
    },
  });
  return found;
}

const programOf = (node: babel.types.Node) =>
  babel.types.program([babel.types.expressionStatement(node as babel.types.Expression)]);

test('a conjunct of the query builder is dropped', () => {
  expect(mutantsOf('SqlWhere', "db.selectFrom('key').where('id', '=', 1).where('tenant', '=', 2)")).toEqual([
    "db.selectFrom('key').where('id', '=', 1);",
    "db.selectFrom('key');",
  ]);
});

test('comparisons and orders in arguments are changed', () => {
  expect(mutantsOf('SqlArgument', "query.where('id', '<', 1).orderBy('id', 'asc')")).toEqual([
    '"<=";',
    '">=";',
    '"desc";',
  ]);
  expect(mutantsOf('SqlArgument', "compare('<=', left, right)")).toEqual([]);
});

test.each([
  [
    'SqlConjunct',
    'sql`select 1 from a where b = 1 and c = 2 order by d`',
    ['sql`select 1 from a where b = 1 order by d`;'],
  ],
  ['SqlOrder', 'sql`order by a asc, b desc`', ['sql`order by a desc, b desc`;', 'sql`order by a asc, b asc`;']],
  ['SqlCoalesce', 'sql`coalesce(a.b, 0) + 1`', ['sql`a.b + 1`;']],
  ['SqlComparison', 'sql`a < ${b}`', ['sql`a <= ${b}`;', 'sql`a >= ${b}`;']],
  ['SqlComparison', 'sql`a is not null`', ['sql`a is null`;']],
])('%s changes the text of a statement', (name, source, expected) => {
  expect(mutantsOf(name, source)).toEqual(expected);
});

test('other templates are left alone', () => {
  expect(mutantsOf('SqlOrder', 'text`order by a asc`')).toEqual([]);
});
