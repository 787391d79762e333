import { randomBytes } from 'node:crypto';
import { fc } from '../../seeded-properties';
import { MaskingStream } from '../../../platform/core/secrets/masking-stream';
import { MASK } from '../../../platform/redaction/output-filter';
import { RedactionFault } from '../../../platform/redaction/redaction-fault';
import { Redactor } from '../../../platform/redaction/redactor';

const SECRET = 'p4ss/wörd "&?';
const redactor = new Redactor([SECRET]);
const bytes = Buffer.from(SECRET);

test.each([
  ['plain', SECRET],
  ['base64', bytes.toString('base64')],
  ['base64 for URLs', bytes.toString('base64url')],
  ['hexadecimal', bytes.toString('hex')],
  ['escaped for a URL', encodeURIComponent(SECRET)],
  ['escaped for a form', new URLSearchParams({ s: SECRET }).toString().slice(2)],
  ['escaped for JSON', JSON.stringify(SECRET).slice(1, -1)],
  ['escaped for ASCII JSON', 'p4ss/w\\u00f6rd \\"&?'],
])('RT-06 a secret printed %s is masked', (_form, printed) => {
  expect(redactor.redactText(`<${printed}>`)).toBe(`<${MASK}>`);
});

test.each([
  ['by a shell', `it's a "pass" & more`, `it'\\''s a "pass" & more`],
  ['by a shell, in other quotes', `it's a "pass" & more`, `it'"'"'s a "pass" & more`],
  ['as a literal in single quotes', `it's\\"two\nlines`, `it\\'s\\\\"two\\nlines`],
  ['as a literal of Python in double quotes', `it's\\two\tlines`, `it's\\\\two\\tlines`],
  ['as text of HTML', `it's a "pass" & <more>`, `it's a "pass" &amp; &lt;more&gt;`],
  ['as an attribute of HTML', `it's a "pass" & <more>`, 'it&#39;s a &quot;pass&quot; &amp; &lt;more&gt;'],
  ['as HTML by Python', `it's a "pass" & <more>`, 'it&#x27;s a &quot;pass&quot; &amp; &lt;more&gt;'],
  ['as HTML by Go', `it's a "pass" & <more>`, 'it&#39;s a &#34;pass&#34; &amp; &lt;more&gt;'],
  ['as XML', `it's a "pass" & <more>`, 'it&apos;s a &quot;pass&quot; &amp; &lt;more&gt;'],
  ['by SQL or YAML', `it's a "pass"`, `it''s a "pass"`],
  ['as CSV', `it's a "pass"`, `it's a ""pass""`],
  ['as JSON in a text of JSON', `it's a "p\u00e4ss"`, `it's a \\\\\\"p\u00e4ss\\\\\\"`],
  ['as ASCII JSON in a text of JSON', `it's a "p\u00e4ss"`, `it's a \\\\\\"p\\\\u00e4ss\\\\\\"`],
])('RT-06 a secret quoted %s is masked', (_form, secret, printed) => {
  expect(new Redactor([secret]).redactText(`<${printed}>`)).toBe(`<${MASK}>`);
});

const PEM = [
  '-----BEGIN KEY-----',
  'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  'BKcwggSjAgEAAoIBAQC7',
  'ab==',
  '-----END KEY-----',
  '',
];

test('RT-06 each long line of a secret is masked by itself, its marks are not', () => {
  const lines = new Redactor([PEM.join('\n')]);
  expect(lines.redactText(PEM.map((line) => `  ${line}\r\n`).join(''))).toBe(
    `  ${PEM[0]!}\r\n  ${MASK}\r\n  ${MASK}\r\n  ab==\r\n  ${PEM[4]!}\r\n  \r\n`,
  );
  expect(lines.redactText(PEM.join(' '))).toBe(`${PEM[0]!} ${MASK} ${MASK} ab== ${PEM[4]!} `);
  expect(lines.redactText(PEM.join('\n'))).toBe(MASK);
});

test('a line of 16 characters is masked by itself, and a quoted text of 4,096', () => {
  expect(new Redactor(['0123456789abcdef\n0123456789abcde']).redactText('<0123456789abcdef> <0123456789abcde>')).toBe(
    `<${MASK}> <0123456789abcde>`,
  );
  const document = '"kind": "service_account",\nname: service-account';
  expect(new Redactor([document]).redactText(document.replace('\n', ' '))).toBe(document.replace('\n', ' '));
  const [quoted, long] = [4_095, 4_096].map((length) => `&${'x'.repeat(length)}`);
  expect(new Redactor([quoted!]).redactText(`amp;${quoted!.replace('&', '&amp;')}`)).toBe(`amp;${MASK}`);
  expect(new Redactor([long!]).redactText(long!.replace('&', '&amp;'))).toBe(long!.replace('&', '&amp;'));
});

test('the first 1,000 lines of a large secret are masked by themselves', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `line-${index}-of-a-large-secret`);
  const large = new Redactor([many.join('\n')]);
  expect(large.redactText(`${many[0]!}; ${many[999]!}; ${many[1_000]!}`)).toBe(`${MASK}; ${MASK}; ${many[1_000]!}`);
});

test('a secret that is a number is not masked, as documented', () => {
  expect(new Redactor([48151623, { code: 9007199254740993n }]).redactText('48151623 9007199254740993')).toBe(
    '48151623 9007199254740993',
  );
});

test.each([0, 1, 2, 3])('a secret in the Base64 of a larger text is masked at offset %i', (before) => {
  const whole = Buffer.from(`${'x'.repeat(before)}${SECRET}tail`).toString('base64');
  const remaining = redactor.redactText(whole).split(MASK);
  expect(remaining).toHaveLength(2);
  expect(remaining.join('').length).toBeLessThan(16);
});

test.each([
  [76, '\n'],
  [76, '\r\n'],
  [64, '\n'],
  [64, '\r\n'],
])('RT-06 a secret in Base64 of %i columns, ended by %j, is masked', (columns, lineBreak) => {
  const wrap = (text: string) =>
    Buffer.from(text)
      .toString('base64')
      .replace(new RegExp(`.{${columns}}`, 'g'), (line) => line + lineBreak);
  for (const length of [20, 200, 100_000]) {
    const secret = randomBytes(length / 2).toString('hex');
    const wrapped = new Redactor([secret]);
    expect(wrapped.redactText(`<${wrap(secret)}>`)).toBe(`<${MASK}>`);
    for (let before = 0; before < columns; before++) {
      const [head = '', tail = '', ...more] = wrapped.redactText(wrap(`${'.'.repeat(before)}${secret}.`)).split(MASK);
      expect(more).toEqual([]);
      expect(wrap('.'.repeat(before)).startsWith(head.slice(0, -1))).toBe(true);
      expect(tail.length).toBeLessThan(8);
    }
  }
});

test('secrets of fewer than four characters are not masked', () => {
  expect(new Redactor(['abc', 7, null, []]).redactText('abc 7')).toBe('abc 7');
  expect(new Redactor([]).hasMasked).toBe(false);
});

test('strings inside a secret document are masked at any depth', () => {
  const documentRedactor = new Redactor([{ token: ['12345678'], port: 80 }]);
  expect(documentRedactor.redactValue({ a: [{ b: 'is 12345678' }], '12345678': 12345678, port: 80 })).toEqual({
    a: [{ b: `is ${MASK}` }],
    [MASK]: MASK,
    port: 80,
  });
  expect(documentRedactor.hasMasked).toBe(true);
});

test('RT-06 a filtered stream equals the redacted text for any chunking', () => {
  const secrets = ['secret-one', 'one-more', 'secre', 'aaaa', 'aaaab'];
  const word = fc.oneof(fc.constantFrom(...secrets, ' ', 'a', 'secret-', 'one'), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), (words, cuts) => {
      const text = words.join('');
      const filter = new Redactor(secrets).createFilter();
      const outputs = splitAt(Buffer.from(text), cuts).map((piece) => filter.push(piece));
      const whole = Buffer.concat([...outputs, filter.end()]).toString();
      for (const secret of secrets) expect(whole).not.toContain(secret);
      expect(whole).toBe(new Redactor(secrets).redactText(text));
    }),
  );
});

test('bytes that cannot begin a secret pass at once and unchanged', () => {
  const filter = new Redactor(['secret']).createFilter();
  const odd = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
  expect(filter.push(odd)).toEqual(odd);
  expect(filter.push(Buffer.from('a sec')).toString()).toBe('a ');
  expect(filter.push(Buffer.from('ond')).toString()).toBe('second');
});

const LONG_SECRET = `${'k\u00fc/ "'.repeat(4_000)}end`;
/** Base64 of it has no padding: a long one is masked with as many characters as padding has. */
const HUGE_SECRET = randomBytes(768 * 1_024)
  .toString('base64')
  .slice(1);

test.each([
  ['20,000 characters', LONG_SECRET],
  ['1 MiB', HUGE_SECRET],
])('a secret of %s is masked whole in every form', (_size, secret) => {
  const forms = printedForms(secret);
  const longRedactor = new Redactor([secret]);
  expect(forms.map((form) => longRedactor.redactText(`<${form}>`))).toEqual(forms.map(() => `<${MASK}>`));
});

test('RT-06 a reversed secret is not masked, as documented', () => {
  const reversed = Array.from(SECRET).reverse().join('');
  expect(redactor.redactText(reversed)).toBe(reversed);
});

test('each of 1,000 secrets is masked', () => {
  const secrets = Array.from({ length: 1_000 }, () => randomBytes(30).toString('base64'));
  const printed = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
  const masked = new Redactor(secrets).redactText(printed.join('\n'));
  expect(masked).toBe(printed.map(() => MASK).join('\n'));
});

test('more secrets than can be found are a fault without their values', () => {
  const secrets = Array.from({ length: 60_000 }, (_, index) => `s3cret-${index}-of-many`);
  expect(() => new Redactor(secrets)).toThrow(new RedactionFault('REDACTION_LIMIT'));
});

test('a fault of the matcher is thrown without the text of the fault', () => {
  const push = jest.spyOn(MaskingStream.prototype, 'push').mockImplementation(() => {
    throw new Error(SECRET);
  });
  expect(() => redactor.createFilter().push(bytes)).toThrow(new RedactionFault('REDACTION_FAILED'));
  expect(() => redactor.redactValue([SECRET])).toThrow(new RedactionFault('REDACTION_FAILED'));
  expect(push).toHaveBeenCalledTimes(2);
  push.mockRestore();
});

function printedForms(secret: string): string[] {
  const secretBytes = Buffer.from(secret);
  return [
    secret,
    secretBytes.toString('base64'),
    secretBytes.toString('base64url'),
    secretBytes.toString('hex'),
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
  ];
}

function splitAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b).map((cut) => Math.min(cut, bytes.length)), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}
