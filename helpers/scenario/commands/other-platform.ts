import { startPlatform } from '../../target/start/started-platform';
import type { RunningPlatform } from '../../target/start/running-platform';
import type { Context } from '../context';

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
