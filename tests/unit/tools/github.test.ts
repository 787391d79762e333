import { columns } from '../../../helpers/report/columns';
import { annotation, markdownTable } from '../../../helpers/report/github';

test('an annotation is one line, whatever its text', () => {
  expect(annotation('warning', { title: 'a: b, c' }, '100 %\r\nof it: yes')).toBe(
    '::warning title=a%3A b%2C c::100 %25%0D%0Aof it: yes',
  );
});

test('an annotation has its file and line before its title', () => {
  expect(annotation('error', { title: 't', file: 'a,b.ts', line: 12, col: 3 }, 'x')).toBe(
    '::error file=a%2Cb.ts,line=12,col=3,title=t::x',
  );
});

test('a cell of a table can contain what delimits cells', () => {
  expect(markdownTable(['a', 'b'], [['x | y', '<b>`\n']])).toBe('| a | b |\n| --- | --- |\n| x \\| y | \\<b>\\`  |\n');
});

test('columns are as wide as their widest cell', () => {
  expect(
    columns([
      ['a', 'bb', ''],
      ['ccc', 'd', 'e'],
    ]),
  ).toEqual(['a    bb', 'ccc  d   e']);
});
