import { execFileSync } from 'node:child_process';

/** Longer than any path may be. */
export const DEPTH = 2_100;

/** Nests directories as a program can: each step from the one above, with a file in the last. */
export function nestDirectories(directory: string): void {
  const script = `import os, sys
os.chdir(sys.argv[1])
for _ in range(${DEPTH}):
    os.mkdir("d")
    os.chdir("d")
open("file", "w").write("text")`;
  execFileSync('python3', ['-c', script, directory]);
}
