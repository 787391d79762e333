import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../../helpers/repository-root';
import { outputOf, spawnCli } from '../embedded/cli-process';
import { testDirectory } from '../../test-directory';

/** A repository with a gate, a proof and tests of its own. */
export class GateProject {
  readonly directory = testDirectory();

  constructor(files: Readonly<Record<string, string>>) {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    symlinkSync(join(repositoryRoot(), 'node_modules'), join(this.directory, 'node_modules'));
    this.git('init', '--quiet');
    this.git('add', '--all', '--', ':!node_modules');
    this.git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'files');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  /** Runs `tuningfork gate …` with these arguments. */
  async gate(...args: readonly string[]) {
    const output = await outputOf(spawnCli(['gate', ...args], { NO_COLOR: '1' }));
    return { ...output, lines: output.stdout.trimEnd().split('\n') };
  }

  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.directory, ...args], { encoding: 'utf8', stdio: 'pipe' }).trim();
  }
}
