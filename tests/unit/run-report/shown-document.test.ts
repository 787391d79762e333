import { shownDocument } from '../../../helpers/run-report/shown-document';

const shown = (document: unknown): unknown => JSON.parse(shownDocument(document));

test('a document of usual size is shown whole', () => {
  const document = { a: [1, null, true, 'text'], b: { c: {} }, d: 2n ** 60n };

  expect(shownDocument(document)).toBe('{"a":[1,null,true,"text"],"b":{"c":{}},"d":1152921504606846976}');
  expect([null, 'text', []].map(shown)).toEqual([null, 'text', []]);
});

test('members that are secret by their names are masked, on any level', () => {
  expect(shown({ password: 'x', list: [{ api_key: 'y', tokens: 3 }], key: { encrypted: true, value: 'z' } })).toEqual({
    password: '***',
    list: [{ api_key: '***', tokens: 3 }],
    key: { encrypted: true, value: '***' },
  });
});

test('a long text is cut, and its length stated', () => {
  expect(shown({ log: 'x'.repeat(2_001) })).toEqual({ log: `${'x'.repeat(2_000)}… (2001 characters)` });
});

test('what is beyond the size of a document is counted', () => {
  const text = 'x'.repeat(1_997);
  const list = shown(Array.from({ length: 40 }, () => text));
  const map = shown(Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`m${n}`, text]))) as object;

  expect(list).toEqual([text, text, text, text, text, '… 35 more']);
  expect(Object.entries(map).at(-1)).toEqual(['…', '35 more']);
  expect(shownDocument({ a: 'y'.repeat(9_000), b: Array.from({ length: 99_999 }, (_, n) => n) }).length).toBeLessThan(
    11_000,
  );
});

test('values that are nested deeply end at a depth', () => {
  let document: unknown = 'inner';
  for (let n = 0; n < 5_000; n++) document = [document];

  expect(shownDocument(document)).toBe(`${'['.repeat(41)}"… deeper values"${']'.repeat(41)}`);
});
