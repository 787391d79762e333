import { cosine, embed, signatureOf } from '../../../platform/core/data/embedding';

const similarity = (left: string, right: string) => cosine(embed(left), embed(right));

const differingBits = (left: string, right: string) => {
  const [a, b] = [signatureOf(embed(left)), signatureOf(embed(right))];
  return Array.from(a, (bit, at) => bit !== b[at]).filter(Boolean).length;
};

test('case, punctuation and the order of words do not count', () => {
  expect(similarity('Payment-gateway, Lisbon', 'lisbon gateway payment')).toBeCloseTo(1);
  expect(signatureOf(embed('A b!'))).toBe(signatureOf(embed('b a')));
});

test('a typing error is nearer than another word, an empty text near nothing', () => {
  expect(similarity('gateway', 'gatewey')).toBeGreaterThan(similarity('gateway', 'harbour'));
  expect([similarity('', 'gateway'), similarity('---', '')]).toEqual([0, 0]);
});

test('signatures are constant, and differ more for less similar texts', () => {
  const text = 'quartz lantern of the northern harbour';
  expect(signatureOf(embed(text))).toMatch(/^[01]{512}$/);
  expect(differingBits(text, text)).toBe(0);
  const [near, far] = [differingBits(text, 'quartz lanterns of the harbour'), differingBits(text, 'invoice 4711 paid')];
  expect([near < 180, far > 200]).toEqual([true, true]);
});
