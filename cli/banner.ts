import { Instance } from 'chalk';
import type { RunningPlatform } from '../helpers/target/running-platform';

export interface BannerFacts extends RunningPlatform {
  /** Which database is used, as text. */
  readonly database: string;
  readonly isDataKept: boolean;
  readonly bootMs: number;
  /** Programs of packs are confined. */
  readonly isConfined: boolean;
}

/** Colours where stdout is a terminal. Chalk 4 ignores NO_COLOR. */
export const colours = () => new Instance(process.env.NO_COLOR ? { level: 0 } : {});

/** What `up` prints when the platform is ready. */
export function banner(facts: BannerFacts): string {
  const { bold, dim, green } = colours();
  const retention = facts.isDataKept ? 'kept' : 'removed when it stops; use --data DIR to keep it';
  const lines = [
    '',
    `  ${green('●')} ${bold('Tuningfork')} ${facts.version} is ready ${dim(`in ${(facts.bootMs / 1_000).toFixed(1)} s`)}`,
    '',
    `  ${dim('address ')}  ${bold(facts.url)}`,
    `  ${dim('notifier')}  ${facts.notifier_url.replace('http', 'ws')}/ws`,
    `  ${dim('login   ')}  ${facts.login}  ${facts.password}`,
    `  ${dim('data    ')}  ${facts.directory} ${dim(`(${retention})`)}`,
    `  ${dim('database')}  ${facts.database}`,
    `  ${dim('programs')}  ${facts.isConfined ? 'confined' : bold('not confined: they can do what this user can')}`,
    '',
    `  ${dim('next    ')}  curl ${facts.url}/health`,
    `            PLATFORM_FILE=${facts.platform_file} npx jest tests/e2e/tier1 tests/e2e/tier2`,
    '',
    `  ${dim('Press Ctrl-C to stop it.')}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
