import type { Kind } from '../../../../tools/detection/blind/edit';
import { findSqlEdits } from '../../../../tools/detection/blind/find-edits';

const editsOf = (kind: Kind, text: string): string[] =>
  findSqlEdits('platform/store/functions/a.sql', text)
    .filter((edit) => edit.kind === kind)
    .map(({ replacement }) => replacement);

test.each<[Kind, string, string[]]>([
  ['filter ignored', 'select 1 from a where b = 1', ['select 1 from a where true']],
  [
    'filter ignored',
    'select 1 from a where b = 1 and (c or d) order by e',
    ['select 1 from a where (c or d) order by e', 'select 1 from a where b = 1 order by e'],
  ],
  ['filter ignored', 'where a between 1 and 2 and b', ['where b', 'where a between 1 and 2']],
  [
    'and for or',
    'create or replace function f() returns void as $$ select a between 1 and 2 or b $$',
    ['create or replace function f() returns void as $$ select a between 1 and 2 and b $$'],
  ],
  ['off by one', 'where a < b - 1', ['where a <= b - 1', 'where a < b']],
  ['condition negated', 'where a is null', ['where a is not null']],
  ['condition negated', 'where not exists (select 1)', ['where exists (select 1)']],
  ['condition negated', 'begin if a = 1 then b(); end if; end', ['begin if not (a = 1) then b(); end if; end']],
  [
    'sort key dropped',
    'select a order by b, c desc limit 1',
    ['select a order by c desc limit 1', 'select a order by b limit 1'],
  ],
  ['sort key dropped', 'select array_agg(a order by b) from c', ['select array_agg(a ) from c']],
  [
    'field lost',
    "jsonb_build_object('a', f(1, 2), 'b', 3)",
    ["jsonb_build_object('b', 3)", "jsonb_build_object('a', f(1, 2))"],
  ],
  ['field lost', 'update a set b = 1, c = 2 where d', ['update a set c = 2 where d', 'update a set b = 1 where d']],
  ['field lost', 'language sql set search_path = public, pg_temp as', []],
  ['default changed', 'select coalesce(a, 0)', ['select coalesce(a)']],
  ['notification lost or early', "begin perform pg_notify('a', b); end", ['begin null; end']],
  ['early return lost', 'begin if a then return; end if; b(); end', ['begin null; b(); end']],
  ['branch lost', 'begin if a then c(); end if; b(); end', ['begin null; b(); end']],
])('%s: %s', (kind, text, expected) => {
  expect(editsOf(kind, text)).toEqual(expected);
});
