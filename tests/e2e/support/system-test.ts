import type { Context } from '../../../helpers/scenario/context';
import { systemTestId } from '../../../helpers/scenario/names';
import { registerRecorded } from '../../../helpers/scenario/recorded-test';
import { testFile } from '../../../helpers/scenario/test-file';

const DEFAULT_LIMIT_SECONDS = 30;

type SystemTest = (title: string, body: (ctx: Context) => Promise<void>, seconds?: number) => void;

/**
 * Registers a test in a file of `tests/e2e/systems` or `tests/e2e/attacks`, with the context,
 * cleanup, evidence and record of a claim, but without a tier and a line in the census. Its id is
 * the name of the file and the title's id of the attack checklist: `attack_live/WS-02`.
 * `seconds`: its limit on an idle host.
 */
export const systemTest: SystemTest = systemTestNeeding();

/**
 * `systemTest` for a target with these capabilities; on any other it is reported as not proven.
 */
export function systemTestNeeding(...needs: readonly string[]): SystemTest {
  return (title, body, seconds = DEFAULT_LIMIT_SECONDS) => {
    const { facts, file } = testFile();
    const id = systemTestId(file, title);
    const limitMs = seconds * 1_000 * facts.loadFactor;
    registerRecorded(test, { id, title, jestTitle: title, letter: 't', needs, budget: seconds, limitMs, body });
  };
}
