import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { ModuleKind, transpile } from 'typescript';
import { applyMarked } from '../../../tools/detection/run/marked-fault';
import { testDirectory } from '../../test-directory';

const FAULT = {
  id: 'F1',
  promise: 'the place returns the right word',
  file: 'place.ts',
  within: 'place',
  find: `'right'`,
  replace: `'wrong'`,
  claims: ['T1.1a'],
};

test('a place whose names hide globals notes that it runs', () => {
  const root = testDirectory();
  const path = join(root, 'platform/place.ts');
  const text = `export function place(process: null, Date: null) { return process ?? Date ?? 'right'; }`;
  mkdirSync(join(root, 'platform'));
  writeFileSync(path, text);
  const marked = applyMarked(root, FAULT);
  const before = marked.ranDuring(FAULT.claims, []);
  const exports: { place?: (...args: null[]) => string } = {};
  runInNewContext(transpile(readFileSync(path, 'utf8'), { module: ModuleKind.CommonJS }), {
    require,
    exports,
    process,
  });

  expect(exports.place!(null, null)).toBe('wrong');
  expect([before, marked.ranDuring(FAULT.claims, [])]).toEqual([[], FAULT.claims]);
  marked.restore();
  expect(readFileSync(path, 'utf8')).toBe(text);
});
