import { withoutAnsi } from '../../../web/platform/parts/without-ansi';

test('colors and movements of a terminal are left out of an output', () => {
  expect(withoutAnsi('\u001b[1;31mred\u001b[0m [1m] \u001b[2K\u001b]0;title\u0007end')).toBe('red [1m] end');
});
