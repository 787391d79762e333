import { Instance } from 'chalk';

export interface Running {
  readonly url: string;
  readonly notifier_url: string;
  readonly login: string;
  readonly password: string;
  readonly instance_id: string;
  readonly database_url: string;
  readonly directory: string;
  readonly pid: number;
  readonly version: string;
}

export interface BannerFacts extends Running {
  /** Where the rows are, in words. */
  readonly database: string;
  readonly kept: boolean;
  readonly bootMs: number;
}

/** Colours, unless NO_COLOR is set or nobody looks; chalk 4 does not know that variable. */
export const colours = () => new Instance(process.env.NO_COLOR ? { level: 0 } : {});

/** The screen that greets whoever runs `up`. */
export function banner(facts: BannerFacts): string {
  const { bold, dim, green } = colours();
  const fate = facts.kept ? 'kept' : 'removed at the end; --data DIR keeps it';
  const lines = [
    '',
    `  ${green('●')} ${bold('Tuningfork')} ${facts.version} is ready ${dim(`in ${(facts.bootMs / 1_000).toFixed(1)} s`)}`,
    '',
    `  ${dim('address ')}  ${bold(facts.url)}`,
    `  ${dim('live    ')}  ${facts.notifier_url.replace('http', 'ws')}/ws`,
    `  ${dim('log-in  ')}  ${facts.login}  ${facts.password}`,
    `  ${dim('data    ')}  ${facts.directory} ${dim(`(${fate})`)}`,
    `  ${dim('database')}  ${facts.database}`,
    '',
    `  ${dim('next    ')}  curl ${facts.url}/health`,
    `            PLATFORM_URL=${facts.url} npx jest tests/e2e/tier2`,
    '',
    `  ${dim('Ctrl-C stops it.')}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}
