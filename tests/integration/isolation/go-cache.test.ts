import { chownSync, mkdirSync } from 'node:fs';
import { goCacheDirectory } from '../../../platform/base/directories';
import { isolationMode } from '../../../platform/worker/isolation/isolation';
import { goRuntime } from '../../../platform/worker/runtimes/go';
import { backendTest as test } from './backends';
import { FIRST_UID, withConfinedRunner } from './confined-runner';

const confined = withConfinedRunner();

const PROGRAM = `package main

import "os"

func main() {
	os.Stdout.WriteString(os.Args[0])
}
`;

test('RT-05 no program can write what other programs in Go run', async () => {
  const cache = goCacheDirectory(confined(), { tenant: 3 });
  mkdirSync(cache, { recursive: true });
  if (isolationMode() === 'root') chownSync(cache, FIRST_UID + 3, FIRST_UID + 3);

  const script = `cd "$ATTUNE_RUNTIME_ENVS_DIR/.go" && touch evil 2>&1 | sed 's/.*: //'; ls | wc -l`;

  expect(await confined().output(script, { tenant: 3 })).toBe('Read-only file system\n0\n');
});

test('a program in Go runs from the cache, which its compiler has filled', async () => {
  if ((await goRuntime.detectVersion(null)) === null) return;
  const { packDirectory, runner, writePackFile } = confined();
  writePackFile(1, 'actions/place.go', PROGRAM);

  const outcome = await runner.run({
    packDirectory: packDirectory(1),
    isAdhoc: false,
    entrypoint: 'place.go',
    runtime: 'go',
  });

  const cache = goCacheDirectory(confined(), { tenant: 1 });
  expect((outcome!.result.stdout as string).replace(/[0-9a-f]{2}\/[0-9a-f]{64}-d\//, '')).toBe(`${cache}/place`);
});
