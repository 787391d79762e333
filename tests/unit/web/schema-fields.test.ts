import { fieldsOf, placeErrors, readObject, textsOf, valuesOf } from '../../../web/platform/parts/schema-fields';
import { writeJson } from '../../../contract/json-text/write-json';
import type { JsonObject } from '../../../contract/json';

const FLAT: JsonObject = {
  note: { type: 'string', description: 'for readers' },
  count: { type: 'integer', default: 3 },
  ratio: { type: ['number', 'null'] },
  host: { type: 'string', required: true },
  mode: { type: 'string', enum: ['fast', 'slow'], default: 'fast' },
  token: { type: 'string', secret: true, default: { $attune_secret: true, redacted: true } },
  tags: { type: 'array', default: ['a'] },
  extra: { description: 'any value' },
};

const CLASSIC: JsonObject = {
  type: 'object',
  required: ['host'],
  properties: { count: { type: 'integer' }, host: { type: 'string' } },
};

const shown = (schema: JsonObject | null) =>
  fieldsOf(schema, {}).map(({ name, kind, isRequired }) => [name, kind, isRequired]);

const valuesOfTexts = (schema: JsonObject, texts: Record<string, string>) => valuesOf(fieldsOf(schema), texts);

test('a flat schema and a JSON Schema have the same fields', () => {
  expect(shown(CLASSIC)).toEqual([
    ['host', 'text', true],
    ['count', 'integer', false],
  ]);
  expect(shown(FLAT).map(([name, kind]) => `${name} ${kind}`)).toEqual([
    'host text',
    'note text',
    'count integer',
    'ratio number',
    'mode choice',
    'token text',
    'tags json',
    'extra json',
  ]);
  expect(shown(null)).toEqual([]);
});

test('a flat schema may have a parameter that is called type', () => {
  expect(shown({ type: { type: 'string' }, size: { type: 'number', position: 0 } })).toEqual([
    ['size', 'number', false],
    ['type', 'text', false],
  ]);
});

test('a value that the schema does not name is kept as a JSON field', () => {
  const given = { count: 1, other: { a: [1] } };
  const fields = fieldsOf(CLASSIC, given);

  expect(fields.map(({ name }) => name)).toEqual(['host', 'count', 'other']);
  expect(valuesOf(fields, { ...textsOf(fields, given), host: 'a' })).toEqual({ values: { host: 'a', ...given } });
});

test('the texts are given values, else defaults, and no secret', () => {
  expect(textsOf(fieldsOf(FLAT), { host: 'db', ratio: 0.5, count: 0 })).toEqual({
    host: 'db',
    note: '',
    count: '0',
    ratio: '0.5',
    mode: '"fast"',
    token: '',
    tags: '[\n  "a"\n]',
    extra: '',
  });
});

test('an empty field is not sent, and a cleared text is', () => {
  const schema: JsonObject = { a: { type: 'string' }, b: { type: 'string', default: 'x' }, c: { type: 'integer' } };

  expect(valuesOfTexts(schema, { a: '', b: '', c: '' })).toEqual({ values: { b: '' } });
});

test('values are read by the type of their field', () => {
  const texts = { host: '5', count: '5', ratio: '5e-1', mode: '"slow"', tags: '[1]', extra: '"x"', token: 's' };

  expect(valuesOfTexts(FLAT, texts)).toEqual({
    values: { host: '5', count: 5, ratio: 0.5, mode: 'slow', tags: [1], extra: 'x', token: 's' },
  });
});

test('a large integer is sent as it was written', () => {
  const read = valuesOfTexts(FLAT, { host: 'a', count: '9007199254740993', extra: '{"id": 18446744073709551615}' });

  expect(writeJson('values' in read ? read.values : null)).toBe(
    '{"host":"a","count":9007199254740993,"extra":{"id":18446744073709551615}}',
  );
});

test('each wrong text has an error at its field', () => {
  const texts = { host: '', count: '1.5', ratio: '0.1000000000000000055', tags: '{}', extra: '{"a": 1' };
  const read = valuesOfTexts(FLAT, texts);

  expect('errors' in read ? Object.fromEntries(read.errors) : read).toEqual({
    host: 'is required',
    count: 'must be a whole number: 5',
    ratio: 'is a decimal that cannot be kept exactly: send it as a text',
    tags: 'must be a list: ["a", "b"]',
    extra: expect.stringMatching(/^is no JSON: /) as string,
  });
});

test('what is no JSON at all is wrong as a number, and not as a JSON text', () => {
  const read = valuesOfTexts(FLAT, { host: 'a', count: 'five', ratio: '0,5' });

  expect('errors' in read ? Object.fromEntries(read.errors) : read).toEqual({
    count: 'must be a whole number: 5',
    ratio: 'must be a number: 0.5',
  });
});

test('a redacted secret is never sent back', () => {
  const redacted = { $attune_secret: true, redacted: true };

  expect(readObject(writeJson({ a: [{ b: redacted }] }))).toEqual({
    error: 'has a secret that is not shown: write its value',
  });
  expect(textsOf(fieldsOf({ key: { type: 'string' } }), { key: redacted })).toEqual({ key: '' });
});

test('an error of the API is placed at the field that its path names', () => {
  const errors = [
    { path: '/parameters/host', message: 'is required' },
    { path: '/parameters/tags/0', message: 'must be string' },
    { path: '/parameters/tags/1', message: 'must be string' },
    { path: '/parameters/gone', message: 'is not allowed' },
    { path: '/timeout_seconds', message: 'must be >= 0.05' },
  ];
  const { placed, others } = placeErrors(fieldsOf(FLAT), '/parameters', errors);

  expect(Object.fromEntries(placed)).toEqual({
    host: 'is required',
    tags: '/0 must be string; /1 must be string',
  });
  expect(others).toEqual(['/parameters/gone is not allowed', '/timeout_seconds must be >= 0.05']);
});

test('an error of a field of the request itself is placed, too', () => {
  const fields = fieldsOf({ timeout_seconds: { type: 'number' } });
  const { placed } = placeErrors(fields, '', [{ path: 'timeout_seconds', message: 'must be at least 0.05' }]);

  expect([...placed]).toEqual([['timeout_seconds', 'must be at least 0.05']]);
});

test('a kept secret is sent as given, and a choice may be an expression', () => {
  const redacted = { $attune_secret: true };
  const schema = { key: { type: 'string', secret: true, required: true }, env: { enum: ['a', 'b'] }, extra: {} };
  const given = { key: redacted, env: '{{ event.payload.env }}', extra: { nested: redacted } };
  const fields = fieldsOf(schema, given);
  const texts = textsOf(fields, given, { acceptsTemplates: true });

  const kept = valuesOf(fields, texts, { acceptsTemplates: true, keepsSecrets: true });
  const sent = valuesOf(fields, texts);

  expect(texts).toEqual({ key: '', env: '{{ event.payload.env }}', extra: writeJson(given.extra, 2) });
  expect(kept).toEqual({ values: given });
  expect(sent).toEqual({
    errors: new Map([
      ['key', 'is required'],
      ['extra', 'has a secret that is not shown: write its value'],
      ['env', 'must be one of the choices'],
    ]),
  });
});
