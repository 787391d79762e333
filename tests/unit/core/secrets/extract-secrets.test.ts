import { fc } from '../../../seeded-properties';
import { REDACTED, type Json } from '../../../../contract/json';
import { extractSecrets, secretsTaint, insertSecrets } from '../../../../platform/core/secrets/extract-secrets';
import type { Taint } from '../../../../platform/core/secrets/taint';

test('a secret leaves a marker and comes back to its place', () => {
  const document = { user: 'me', password: 'pw-1', db: { 'a/b': ['x'], port: 1 } };

  const redacted = extractSecrets(document, { password: true, db: { 'a/b': true } });

  expect(redacted).toEqual({
    document: { user: 'me', password: REDACTED, db: { 'a/b': REDACTED, port: 1 } },
    secrets: { '/password': 'pw-1', '/db/a~1b': ['x'] },
  });
  expect(insertSecrets(redacted.document, redacted.secrets)).toEqual(document);
});

test('an element of a list is redacted by its position', () => {
  expect(extractSecrets(['a', 'b'], { 1: true })).toEqual({ document: ['a', REDACTED], secrets: { '/1': 'b' } });
});

test('an absent value, null and a marker are no secrets', () => {
  const document = { password: null, token: { ...REDACTED } };
  const taint = { password: true, token: true, absent: { deep: true } } as const;

  expect(extractSecrets(document, taint)).toEqual({ document, secrets: {} });
});

test('a document that holds more than the marker is a secret', () => {
  const value = { ...REDACTED, password: 'pw-1' };

  expect(extractSecrets({ token: value }, { token: true }).secrets).toEqual({ '/token': value });
});

test('a pointer that leads nowhere in the document is ignored', () => {
  expect(insertSecrets({ a: 1 }, { '/b/c': 2 })).toEqual({ a: 1 });
});

test('removed secrets give back the taint they were removed by', () => {
  const taint = { password: true, db: { 'a~b': true } } as const;
  const { secrets } = extractSecrets({ password: 1, db: { 'a~b': 2, c: 3 } }, taint);

  expect(secretsTaint(secrets)).toEqual(taint);
});

const keys = fc.constantFrom('a', 'b', 'a/b', '~', '', '__proto__');
const documents = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .uniqueArray(fc.tuple(keys, tie('value')), { maxLength: 3, selector: ([key]) => key })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;
const taints = fc.letrec<{ taint: Taint }>((tie) => ({
  taint: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Taint>(true, null),
    fc
      .uniqueArray(fc.tuple(fc.oneof(keys, fc.constantFrom('0', '1')), tie('taint')), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).taint;

test('any document comes back from redaction with any taint', () => {
  fc.assert(
    fc.property(documents, taints, (document, taint) => {
      const redacted = extractSecrets(document, taint);

      expect(insertSecrets(redacted.document, redacted.secrets)).toEqual(document);
    }),
  );
});
