import { sha256OfJson } from '../../../helpers/scenario/resources/sha256-of-json';

test('the hash of a document does not depend on the order of its keys', () => {
  const hash = sha256OfJson({ a: 1, b: [{ c: 'x', d: null }] });

  expect(sha256OfJson({ b: [{ d: null, c: 'x' }], a: 1 })).toBe(hash);
});

test('the hash depends on every value, its type, and the order of lists', () => {
  const documents = [{ a: [1, 2] }, { a: [2, 1] }, { a: ['1', 2] }, { b: [1, 2] }, [1, 2], 'text', '', 0, null, true];

  expect(new Set(documents.map(sha256OfJson)).size).toBe(documents.length);
});

test('the hash of a text is that of its JSON', () => {
  expect(sha256OfJson('a')).toBe('ac8d8342bbb2362d13f0a559a3621bb407011368895164b628a54f7fc33fc43c');
});
