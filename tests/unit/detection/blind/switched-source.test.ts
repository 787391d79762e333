import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { findEdits } from '../../../../tools/detection/blind/find-edits';
import { switchedSource } from '../../../../tools/detection/blind/switched-source';
import { shownChange } from '../../../../tools/detection/blind/shown-change';
import type { Edit, Kind } from '../../../../tools/detection/blind/edit';

const SOURCE = `export function count(items: readonly number[], limit: number): number {
  if (items.length > limit) return limit;
  return items.length;
}
`;
const NAME = 'platform/core/count.ts';
const file = ts.createSourceFile(NAME, SOURCE, ts.ScriptTarget.ES2022, true);
const editOf = (kind: Kind): Edit => findEdits(NAME, file).find((edit) => edit.kind === kind)!;

/** What `count` returns with these edits on. */
function countWith(edits: readonly Edit[], on: readonly Edit[], items: readonly number[], limit: number): number {
  const source = switchedSource(NAME, SOURCE, edits);
  expect(source.split('\n')[0]).toBe("import { isOn as isEditOn } from '../../tools/detection/blind/switch';");
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const isOn = (id: string): boolean => on.some((edit) => edit.id === id);
  const exports = {} as { count: (items: readonly number[], limit: number) => number };
  runInNewContext(outputText, { require: () => ({ isOn }), exports });
  return exports.count(items, limit);
}

test('an edit replaces its code while it is on', () => {
  const [bound, lost] = [editOf('condition negated'), editOf('early return lost')];

  expect(countWith([bound], [], [1, 2, 3], 2)).toBe(2);
  expect(countWith([bound], [bound], [1, 2, 3], 2)).toBe(3);
  expect(countWith([lost], [], [1, 2, 3], 2)).toBe(2);
  expect(countWith([lost], [lost], [1, 2, 3], 2)).toBe(3);
});

test('an edit whose text is no TypeScript is a mistake of its operator', () => {
  const broken = { ...editOf('condition negated'), id: 'a:1', replacement: 'if (' };

  expect(() => switchedSource(NAME, SOURCE, [broken])).toThrow(
    /^platform\/core\/count\.ts: with a:1: Expression expected/,
  );
});

test('what differs is shown with what is around it', () => {
  const long = 'x'.repeat(60);

  expect(shownChange('a <  b', 'a <= b')).toEqual(['a < b', 'a <= b']);
  expect(shownChange('f();', '')).toEqual(['f();', 'nothing']);
  expect(shownChange(`${long} a ${long}`, `${long} b ${long}`)).toEqual([
    `…${'x'.repeat(27)} a ${'x'.repeat(27)}…`,
    `…${'x'.repeat(27)} b ${'x'.repeat(27)}…`,
  ]);
});
