import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const made: string[] = [];
afterAll(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A new directory below the temporary one; it is removed after the tests of the file. */
export function testDirectory(): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'test-'));
  made.push(path);
  return path;
}
