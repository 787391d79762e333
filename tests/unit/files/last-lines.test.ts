import { lastLines } from '../../../platform/files/last-lines';

test.each([
  ['a\nb\nc\n', 2, 'b\nc\n'],
  ['a\nb\nc', 2, 'b\nc'],
  ['a\n', 5, 'a\n'],
  ['a\n\n', 1, '\n'],
  ['a\nb', 0, ''],
  ['', 3, ''],
])('the text %j has the last %i lines', (text, count, last) => {
  expect(lastLines(text, count)).toBe(last);
});
