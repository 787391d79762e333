import { Redactor } from '../../../platform/redaction/redactor';
import { growthOf, MAX_GROWTH, PARTS } from '../processor-time';

const MIB = 1_024 * 1_024;
const CHUNK_BYTES = 64 * 1_024;

/** The output of one process in equal chunks. */
function filterAll(redactor: Redactor, output: Buffer, chunkBytes: number): void {
  const filter = redactor.createFilter();
  for (let start = 0; start < output.length; start += chunkBytes)
    filter.push(output.subarray(start, start + chunkBytes));
  filter.end();
}

/** Time of all bytes at once over that of their parts. */
function growthWith(redactor: Redactor, output: Buffer, chunkBytes: number): number {
  const part = output.subarray(0, output.length / PARTS);
  return growthOf(
    () => filterAll(redactor, output, chunkBytes),
    () => filterAll(redactor, part, chunkBytes),
  );
}

const SECRETS = Array.from({ length: 1_000 }, (_, index) => `${index * 7_919}-of-1000-secrets`);

test.each([
  ['without secrets', SECRETS, 'an ordinary line of a log\n'],
  ['of secrets', SECRETS, SECRETS.join(' ')],
  ['that repeats the beginning of a long secret', ['a'.repeat(20_000)], 'a'],
  ['of a secret in Base64 with line breaks', ['a'.repeat(20_000)], 'Y\nW\r\nF\nh\n'],
  ['of almost complete secrets', [`${'ab'.repeat(10_000)}c`], `${'ab'.repeat(10_000)}d`],
])('output %s takes time proportional to its size', (_kind, secrets, line) => {
  const output = Buffer.alloc(MIB, line);
  expect(growthWith(new Redactor(secrets), output, CHUNK_BYTES)).toBeLessThan(MAX_GROWTH);
});

test('output that arrives byte by byte takes time proportional to its size', () => {
  const output = Buffer.alloc(MIB / 8, 'a');
  expect(growthWith(new Redactor(['a'.repeat(MIB)]), output, 1)).toBeLessThan(MAX_GROWTH);
});
