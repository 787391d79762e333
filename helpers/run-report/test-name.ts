import type { ClaimModel } from './run-model';

/** The title of a test in Jest: that of a system test begins with its own id. */
export const testName = ({ id, tier, title }: Pick<ClaimModel, 'id' | 'tier' | 'title'>): string =>
  isInTier(tier) ? `${id} ${title}` : title;

const isInTier = (tier: string): boolean => tier.startsWith('tier');

/** The command that runs a test alone. `settings`: of its run, as `runSettings` writes them. */
export function rerunCommand(test: Pick<ClaimModel, 'id' | 'tier' | 'title' | 'file'>, settings: string): string {
  const pattern = isInTier(test.tier) ? `${test.id} ` : escapePattern(test.title);
  return `${settings}npx jest ${test.file} -t '^${pattern.replaceAll("'", "'\\''")}'`;
}

/** Variables of a run whose values are addresses, paths and switches. */
const SHOWN = [
  ...['PLATFORM_URL', 'ATTUNE_API_URL', 'PLATFORM_WS_URL', 'ATTUNE_WS_URL', 'PLATFORM_FILE', 'E2E_TARGET_NAME'],
  ...['PLATFORM_EXPECT_STACK', 'E2E_RUNTIME', 'E2E_MODE', 'E2E_LIFECYCLE', 'E2E_TIME', 'E2E_CONTAINER_IMAGE'],
  'REQUIRE_LIVE',
];
/** Those whose values are no part of a report: the shell of the reader has them, or not. */
const NAMED = ['TEST_USER_LOGIN', 'TEST_USER_PASSWORD', 'DATABASE_URL'];

/**
 * The variables that selected the target of a run and its tests, as a shell writes them before a
 * command: `PLATFORM_URL=https://a.example TEST_USER_PASSWORD="$TEST_USER_PASSWORD" `.
 */
export const runSettings = (env: Readonly<Record<string, string | undefined>>): string =>
  [
    ...SHOWN.flatMap((name) => (env[name] ? [`${name}=${quoted(env[name])}`] : [])),
    ...NAMED.flatMap((name) => (env[name] ? [`${name}="$${name}"`] : [])),
  ]
    .map((text) => `${text} `)
    .join('');

const quoted = (value: string): string =>
  /^[\w./:@+,=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
