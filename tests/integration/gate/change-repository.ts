import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { outputOf, spawnCli } from '../embedded/cli-process';
import { testDirectory } from '../../test-directory';

/** A repository of git in a directory of its own. */
export class ChangeRepository {
  readonly directory = testDirectory();

  constructor(files: Readonly<Record<string, string>>) {
    this.git('init', '--quiet');
    this.write(files);
    this.commit();
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.directory, path)), { recursive: true });
      writeFileSync(join(this.directory, path), content);
    }
  }

  commit(): void {
    this.git('add', '--all');
    this.git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '--quiet', '--message', 'files');
  }

  /** Runs `tuningfork gate …` on the directory, with its policy. */
  gate(command: string, ...args: readonly string[]) {
    const policy = join(this.directory, 'gate/policy.yml');
    return outputOf(spawnCli(['gate', command, this.directory, '--policy', policy, ...args], { NO_COLOR: '1' }));
  }

  private git(...args: readonly string[]): void {
    execFileSync('git', ['-C', this.directory, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  }
}

export const POLICY = `branch: main
window: 10
changes:
  tests: [tests/, jest.config.ts]
  runtime_owners: [Ada, Grace]
checks:
  - id: tier1
    state: required
    jobs: [embedded]
    tests: [T1.]
    owners: [Ada]
`;
