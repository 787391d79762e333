import { startPlatform } from '../../../../helpers/target/start/started-platform';
import type { RunningPlatform } from '../../../../contract/platform-file';
import type { Context } from '../../../../helpers/scenario/context';

/** Starts a platform besides that of the run; the test's end stops it. */
export async function startOther(ctx: Context, settings: Readonly<Record<string, string>> = {}) {
  const platform = await startPlatform({ ...settings });
  ctx.defer(() => platform.stop());
  return platform.running;
}

/** The variables with which the suite logs in there. */
export const loginOf = ({ login, password }: RunningPlatform): Record<string, string> => ({
  TEST_USER_LOGIN: login,
  TEST_USER_PASSWORD: password!,
});

/** What two platforms on a host could share. */
export const placesOf = ({
  url,
  notifier_url,
  directory,
  shared_directory,
  database_url,
  stack_id,
}: RunningPlatform) => {
  const { host, pathname } = new URL(database_url);
  return [url, notifier_url, directory, shared_directory, `${host}${pathname}`, stack_id];
};
