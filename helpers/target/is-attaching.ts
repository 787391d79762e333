/** Whether the variables name a platform. */
export const isAttaching = (env: Readonly<Record<string, string | undefined>>): boolean =>
  Boolean(env.PLATFORM_URL || env.ATTUNE_API_URL || env.PLATFORM_FILE);
