import fc from 'fast-check';
import { MASK, redactorOf } from '../../../platform/worker/redact';

const SECRET = 'p4ss/wörd "&?';
const redactor = redactorOf([SECRET]);
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
])('a secret printed %s is masked', (_form, printed) => {
  expect(redactor.text(`<${printed}>`)).toBe(`<${MASK}>`);
});

test.each([0, 1, 2, 3])('little of a secret is left in the base64 of something larger, %i bytes in', (before) => {
  const whole = Buffer.from(`${'x'.repeat(before)}${SECRET}tail`).toString('base64');
  const left = redactor.text(whole).split(MASK);
  expect(left).toHaveLength(2);
  expect(left.join('').length).toBeLessThan(16);
});

test('fewer than four characters are no secret, and nothing is masked where there is none', () => {
  expect(redactorOf(['abc', 7, null, []]).text('abc 7')).toBe('abc 7');
  expect(redactorOf([]).masked).toBe(false);
});

test('strings inside a secret document are secrets, and are masked at any depth', () => {
  const own = redactorOf([{ token: ['12345678'], port: 80 }]);
  expect(own.value({ a: [{ b: 'is 12345678' }], '12345678': 12345678, port: 80 })).toEqual({
    a: [{ b: `is ${MASK}` }],
    [MASK]: MASK,
    port: 80,
  });
  expect(own.masked).toBe(true);
});

test('however a stream is cut into pieces, it says what the whole text says', () => {
  const secrets = ['secret-one', 'one-more', 'secre', 'aaaa', 'aaaab'];
  const word = fc.oneof(fc.constantFrom(...secrets, ' ', 'a', 'secret-', 'one'), fc.string({ maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), fc.array(fc.nat(40), { maxLength: 8 }), (words, cuts) => {
      const text = words.join('');
      const filter = redactorOf(secrets).stream();
      const said = pieces(Buffer.from(text), cuts).map((piece) => filter.push(piece));
      const whole = Buffer.concat([...said, filter.end()]).toString();
      for (const secret of secrets) expect(whole).not.toContain(secret);
      expect(whole).toBe(redactorOf(secrets).text(text));
    }),
  );
});

test('what cannot become a secret is passed on at once, and bytes that are no text stay as they are', () => {
  const filter = redactorOf(['secret']).stream();
  const odd = Buffer.from([0xff, 0x00, 0xc3, 0x28]);
  expect(filter.push(odd)).toEqual(odd);
  expect(filter.push(Buffer.from('a sec')).toString()).toBe('a ');
  expect(filter.push(Buffer.from('ond')).toString()).toBe('second');
});

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...[...cuts].sort((a, b) => a - b).map((cut) => Math.min(cut, bytes.length)), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}
