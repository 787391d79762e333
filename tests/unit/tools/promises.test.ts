import { join } from 'node:path';
import { carryOver } from '../../../tools/promises/carry-over';
import { promiseFaults, readPromisePages } from '../../../tools/promises/promises';
import { statementsOf } from '../../../tools/promises/sentences';
import { readFileSync } from 'node:fs';

const ROOT = join(__dirname, '../../..');
const pages = readPromisePages(ROOT);

test.each(pages)('the entries of $page are those of the page: `npx tuningfork promises`', ({ file, rendered }) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toBe(rendered);
});

test.each(pages)('each statement of $page has a proof that exists, or the reason why not', ({ statements }) => {
  expect(promiseFaults(ROOT, statements)).toEqual([]);
});

test('paragraphs, items and rows are statements; headings and code are none', () => {
  expect(
    statementsOf(
      '# Title\n\nOne\nline. `b.c` is two.\n\n```sh\ncode. Text.\n```\n\n    more code\n\n* first. Second: [x](y.md. Z)\n\n| a | b |\n| --- | --- |\n| `1 \\| 2` | it. Is |\n',
    ),
  ).toEqual(['One line.', '`b.c` is two.', 'first.', 'Second: [x](y.md. Z)', '`1 | 2` | it. Is']);
});

test('a statement that stands keeps its entry, a new one gets a number', () => {
  const known = [
    { id: 'p-1', says: 'one', proof: ['T1.1a'] },
    { id: 'p-7', says: 'two', open: 'not tried' },
  ];

  expect(carryOver('p', ['new', 'two', 'one'], known)).toEqual([{ id: 'p-8', says: 'new' }, known[1], known[0]]);
});

test('an entry needs one of proof, reason and explanation, and real tests', () => {
  const faults = promiseFaults(ROOT, [
    { id: 'p-1', says: 'one' },
    { id: 'p-2', says: 'two', proof: ['T1.1a'], open: 'not tried' },
    { id: 'p-3', says: 'three', proof: ['T0.0z', 'tests/unit/none.test.ts'] },
    { id: 'p-4', says: 'four', proof: ['T1.1a', 'AU-01', 'tests/unit/tools/promises.test.ts'] },
    { id: 'p-5', says: 'five', explains: true },
  ]);

  expect(faults).toEqual([
    'p-1 needs one of proof, open and explains: one',
    'p-2 needs one of proof, open and explains: two',
    'p-3: there is no test T0.0z',
    'p-3: there is no test tests/unit/none.test.ts',
  ]);
});
