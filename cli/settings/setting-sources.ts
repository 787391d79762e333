/** Of a platform, without those of the suite; the source of its database is printed elsewhere. */
const VARIABLE = /^(ATTUNE__|PLATFORM_(?!URL$|FILE$|WS_URL$|INSTANCE$))/;
/** Variables that an option replaces. */
const REPLACED: Readonly<Record<string, string>> = {
  PLATFORM_WORKERS: '--workers',
  PLATFORM_VIRTUAL_TIME: '--virtual-time',
};

/**
 * Names of the settings that are no defaults, by source: `--port (option), PLATFORM_LOG_LEVEL
 * (environment)`. Null: all are defaults. No values: some are secret.
 */
export function settingSources(
  options: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  const variables = Object.keys(env)
    .filter((name) => VARIABLE.test(name) && env[name] !== '' && !options.includes(REPLACED[name] ?? ''))
    .sort();
  const sources = [...options.map((name) => `${name} (option)`), ...variables.map((name) => `${name} (environment)`)];
  return sources.length === 0 ? null : sources.join(', ');
}
