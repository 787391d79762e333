import { Type, type Static } from '@sinclair/typebox';
import type { Env } from '../../contract/environment';
import { stringEnum } from '../../contract/json';
import { unknownVariables } from '../../contract/text/unknown-variables';
import type { Findings } from './finding';

/** What the variables of a run select. */
export const RunSwitches = Type.Object({
  mode: stringEnum(['full', 'smoke']),
  lifecycle: stringEnum(['on', 'off']),
  requireLive: Type.Boolean(),
  time: stringEnum(['virtual', 'real']),
});
export type RunSwitches = Static<typeof RunSwitches>;

/** The need of the tests that take a worker through its states, which restart its process. */
export const LIFECYCLE = 'lifecycle';

/** A target whose clocks can be moved. A test that needs it would take too long in real time. */
const VIRTUAL_TIME = 'clock.virtual';

/** A variable has a value that it does not accept: exit 2. */
export class SwitchError extends Error {
  override readonly name = 'SwitchError';
}

/** Throws SwitchError for a variable of the suite or of a platform that no code reads. */
export function requireKnownVariables(env: Env): void {
  const sentences = unknownVariables(env, ['PLATFORM_', 'E2E_']);
  if (sentences.length > 0) throw new SwitchError(sentences.join('\n'));
}

/** Reads the switches of a run. Throws SwitchError with the accepted values. */
export const readRunSwitches = (env: Env): RunSwitches => ({
  mode: choose(env, 'E2E_MODE', ['full', 'smoke']),
  lifecycle: choose(env, 'E2E_LIFECYCLE', ['on', 'off']),
  requireLive: choose(env, 'REQUIRE_LIVE', ['0', '1']) === '1',
  time: choose(env, 'E2E_TIME', ['virtual', 'real']),
});

/** The first choice is the default. */
function choose<T extends string>(env: Env, name: string, choices: readonly [T, ...T[]]): T {
  const value = env[name] ?? '';
  const chosen = value === '' ? choices[0] : choices.find((choice) => choice === value);
  if (chosen === undefined) throw new SwitchError(`${name}=${value} is not accepted: use ${choices.join(' or ')}`);
  return chosen;
}

/** What the switches decide about the capabilities of a run. */
export const switchFindings = ({ lifecycle }: RunSwitches): Findings => ({
  [LIFECYCLE]: lifecycle === 'on' ? { isProven: true } : { isProven: false, reason: 'E2E_LIFECYCLE=off' },
});

/** Whether a run selects the tests with these needs at all. */
export const isSelected = ({ mode, time }: RunSwitches, needs: readonly string[]): boolean =>
  (mode === 'full' || !needs.includes(LIFECYCLE)) && (time === 'virtual' || !needs.includes(VIRTUAL_TIME));

interface TimeFacts {
  readonly switches: Pick<RunSwitches, 'time'>;
  /** Of the target, by name. */
  readonly capabilities: object;
}

/** Whether the tests about time move a clock of the target. */
export const isTimeVirtual = ({ switches, capabilities }: TimeFacts): boolean =>
  switches.time === 'virtual' && Object.hasOwn(capabilities, VIRTUAL_TIME);
