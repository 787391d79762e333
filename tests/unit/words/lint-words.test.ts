import { formatFinding, identifierParts, lintPage, lintPath, lintSql, lintTypeScript } from './lint-words';

const messages = (source: string): string[] => lintTypeScript('a.ts', source).map(formatFinding);

test.each([
  ['tellWorker', ['tell', 'worker']],
  ['TELL_MS', ['tell', 'ms']],
  ['readHTTPBody2', ['read', 'http', 'body']],
  ['tell_worker', ['tell', 'worker']],
])('%s is split into its words', (name, parts) => {
  expect(identifierParts(name)).toEqual(parts);
});

test('a denied identifier is reported once, with its line', () => {
  expect(messages('const a = 1;\nconst tellWorker = a;\ntellWorker;\n')).toEqual([
    'a.ts:2: identifier tellWorker: write notify, report',
  ]);
});

test('wall time is allowed in identifiers and in prose', () => {
  expect(messages('// The wall time of the run.\nconst wallTimeMs = 1;\n')).toEqual([]);
});

test('each line of a comment and of a literal is checked once', () => {
  const source = "const a = 'told';\n/* One.\n * Was told. */\nconst b = `// ${a}\n told`;\n";

  expect(messages(source).map((message) => message.split(': write')[0])).toEqual([
    'a.ts:3: "told"',
    'a.ts:1: "told"',
    'a.ts:5: "told"',
  ]);
});

test('a comment line has fewer than 100 columns', () => {
  expect(messages(`// ${'x'.repeat(96)}\n`)).toEqual([]);
  expect(messages(`// ${'x'.repeat(97)}\n`)).toEqual(['a.ts:1: comment line of 100 columns: stay under 100']);
});

test.each([
  "test('TITLE', () => {});",
  "test.each([1])('TITLE', () => {});",
  "claim('T1.1a', ['core'], 'TITLE', body);",
  'describe.skip(`TITLE`, () => {});',
])('a title has at most 72 characters: %s', (source) => {
  expect(messages(source.replace('TITLE', 'x'.repeat(72)))).toEqual([]);
  expect(messages(source.replace('TITLE', 'x'.repeat(73)))).toEqual(['a.ts:1: title of 73 characters: at most 72']);
});

test('every line of a page is checked', () => {
  expect(lintPage('a.md', 'One.\nThe question’s answer.').map(formatFinding)).toEqual([
    'a.md:2: "question’s": write inquiry',
  ]);
});

test('names, literals and comments of SQL are checked', () => {
  const sql = "select tell_worker(1);\n-- Rings twice.\ncomment on table a is 'who told';";

  expect(lintSql('a.sql', sql).map(formatFinding)).toEqual([
    'a.sql:1: identifier tell_worker: write notify, report',
    'a.sql:1: "tell": write notify, report, show',
    'a.sql:2: "rings": write notifies, notifications',
    'a.sql:3: "told": write notified, sent, recorded',
  ]);
});

test('the names of files and folders are checked', () => {
  expect(lintPath('platform/bell/open-bell.ts').map(({ message }) => message)).toEqual([
    'identifier platform/bell/open-bell.ts: write listener',
    'identifier platform/bell/open-bell.ts: write listener',
  ]);
});
