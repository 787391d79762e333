import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readChunks } from '../../../platform/files/read-chunks';
import { testDirectory } from '../../test-directory';

const directory = testDirectory();
const path = join(directory, 'stdout.log');

const CHUNK_BYTES = 64 * 1_024;
const readFrom = async (offset: number, isComplete: boolean, file = path): Promise<Buffer[]> => {
  const chunks: Buffer[] = [];
  for await (const chunk of readChunks({ directory, path: file }, offset, isComplete)) chunks.push(chunk);
  return chunks;
};

test('a missing file has no chunks', async () => {
  await expect(readFrom(0, false, join(directory, 'none'))).resolves.toEqual([]);
});

test('a large file is read in chunks from the given offset', async () => {
  writeFileSync(path, 'x'.repeat(2 * CHUNK_BYTES + 10));

  const chunks = await readFrom(5, false);

  expect(chunks.map(({ length }) => length)).toEqual([CHUNK_BYTES, CHUNK_BYTES, 5]);
});

test.each(['é', '€', '🎵'])('an incomplete %s at the end of a growing file is not read', async (character) => {
  const bytes = Buffer.from(character);
  writeFileSync(path, Buffer.concat([Buffer.from('a'), bytes.subarray(0, -1)]));
  expect(String(await readFrom(0, false))).toBe('a');

  appendFileSync(path, bytes.subarray(-1));

  expect(String(await readFrom(1, false))).toBe(character);
});

test('an incomplete character at the end of a complete file is read', async () => {
  writeFileSync(path, Buffer.from([0x61, 0xc3]));

  await expect(readFrom(0, true)).resolves.toEqual([Buffer.from([0x61, 0xc3])]);
});
