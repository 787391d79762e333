import { selectionOf } from '../../../cli/test/selected-tests';

const failed = (file: string, test: string | null) => ({ file, test, message: 'expected 1' });

test('failed tests are selected by their file and their full name', () => {
  const { files, titles } = selectionOf([failed('a.test.ts', 'T1.1a (one)'), failed('a.test.ts', 'two')]);

  expect(files).toEqual(['a.test.ts']);
  expect(['T1.1a (one)', 'two', 'T1.1a one', 'two more'].filter((name) => new RegExp(titles!).test(name))).toEqual([
    'T1.1a (one)',
    'two',
  ]);
});

test('all tests run where a file failed outside its tests', () => {
  expect(selectionOf([failed('a.test.ts', 'one'), failed('b.test.ts', null)])).toEqual({
    files: ['a.test.ts', 'b.test.ts'],
  });
});

test('nothing is selected where nothing failed', () => {
  expect(selectionOf([])).toEqual({ files: [] });
});
