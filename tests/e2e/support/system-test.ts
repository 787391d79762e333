import type { Context, TimeContext } from '../../../helpers/scenario/context';
import { systemTestId } from '../../../helpers/scenario/names';
import { registerRecorded } from '../../../helpers/scenario/recorded-test';
import { testFile } from '../../../helpers/scenario/test-file';
import { isTimeVirtual } from '../../../helpers/target/run-switches';

const DEFAULT_LIMIT_SECONDS = 30;

type Body<C> = (ctx: C) => Promise<void>;

interface RegisterTest<C> {
  (title: string, body: Body<C>): void;
  (title: string, seconds: number, body: Body<C>): void;
}

interface SystemTest extends RegisterTest<Context> {
  readonly time: RegisterTest<TimeContext>;
}

/**
 * Registers a test in a file of `tests/e2e/systems` or `tests/e2e/attacks`, with the context,
 * cleanup, evidence and record of a claim, but without a tier and a line in the census. Its id is
 * the name of the file and the title's id of the attack checklist: `attack_live/WS-02`.
 * `seconds`: its limit on an idle host. `systemTest.time`: as `claim.time`, its body passes the
 * time by `ctx.time`.
 */
export const systemTest: SystemTest = systemTestNeeding();

/**
 * `systemTest` for a target with these capabilities; on any other it is reported as not proven.
 */
export function systemTestNeeding(...needs: readonly string[]): SystemTest {
  const registerOf =
    (isAboutTime: boolean): RegisterTest<TimeContext> =>
    (title: string, ...rest: [Body<TimeContext>] | [number, Body<TimeContext>]) => {
      const [seconds, body] = rest.length === 1 ? [DEFAULT_LIMIT_SECONDS, rest[0]] : rest;
      const { facts, file } = testFile();
      registerRecorded(test, {
        id: systemTestId(file, title),
        title,
        jestTitle: title,
        letter: 't',
        needs,
        budget: seconds,
        limitMs: seconds * 1_000 * facts.loadFactor,
        body,
        ...(isAboutTime && { time: isTimeVirtual(facts) ? ('virtual time' as const) : ('real time' as const) }),
      });
    };
  return Object.assign(registerOf(false), { time: registerOf(true) });
}
