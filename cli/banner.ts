import { ROLES } from '../contract/capabilities';
import type { RunningProcess } from '../contract/platform-file';
import { colours } from './colours';

export interface BannerFacts {
  readonly running: RunningProcess;
  /** The first administrator gets the password that contract clients use by default. */
  readonly isPasswordKnown: boolean;
  /** Which this start wrote; null: none. */
  readonly passwordFile: string | null;
  /** Which database is used, as text. */
  readonly database: string;
  /** Which settings are set, and where, as text; null: all are defaults. */
  readonly settings: string | null;
  readonly isDataKept: boolean;
  readonly bootMs: number;
  /** Programs of packs are confined. */
  readonly isConfined: boolean;
  /** The clock of each tenant can be moved. */
  readonly isTimeVirtual: boolean;
}

/** In one line, wherever the virtual time of a platform is shown. */
export const VIRTUAL_TIME = 'virtual: a caller with the grant clock:move moves the clock of its tenant';

/** What `up` prints when the platform is ready. */
export function banner(facts: BannerFacts): string {
  const { bold, dim, green } = colours();
  const { running } = facts;
  const retention = facts.isDataKept ? 'kept' : 'removed when it stops; use --data DIR to keep it';
  const lines = [
    '',
    `  ${green('●')} ${bold('Tuningfork')} ${running.version} is ready ${dim(`in ${(facts.bootMs / 1_000).toFixed(1)} s`)}`,
    '',
    `  ${dim('address ')}  ${running.roles.includes('api') ? bold(running.url ?? '') : dim('none: this process has no API')}`,
    `  ${dim('notifier')}  ${notifierLine(running)}`,
    `  ${dim('roles   ')}  ${running.roles.join(', ')}`,
    `  ${dim('login   ')}  ${loginLine(facts)}`,
    `  ${dim('data    ')}  ${running.directory} ${dim(`(${retention})`)}`,
    `  ${dim('database')}  ${facts.database}`,
    `  ${dim('settings')}  ${facts.settings ?? 'defaults'}`,
    `  ${dim('programs')}  ${facts.isConfined ? 'confined' : bold('not confined: they can do what this user can')}`,
    ...(facts.isTimeVirtual ? [`  ${dim('time    ')}  ${bold(VIRTUAL_TIME)}`] : []),
    '',
    ...nextLines(facts),
    `  ${dim('Press Ctrl-C to stop it.')}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

const notifierLine = ({ notifier_url: url }: RunningProcess): string =>
  url === null ? colours().dim('none in this process') : `${url.replace('http', 'ws')}/ws`;

/** What to do next, where this process alone is a whole platform. */
function nextLines({ running, isPasswordKnown }: BannerFacts): string[] {
  if (running.roles.length < ROLES.length) return [];
  const password = isPasswordKnown ? '' : 'TEST_USER_PASSWORD=… ';
  return [
    `  ${colours().dim('next    ')}  curl ${running.url}/health`,
    `            ${password}PLATFORM_FILE=${running.platform_file} npx jest tests/e2e/tier1 tests/e2e/tier2`,
    '',
  ];
}

function loginLine({ running: { login, password }, isPasswordKnown, passwordFile }: BannerFacts): string {
  if (passwordFile !== null) return `${login}  its password is in ${passwordFile}`;
  if (password === null) return 'that of the administrator of an earlier start';
  return isPasswordKnown ? `${login}  ${password}` : `${login}  ${password}  (shown only now: keep it)`;
}
