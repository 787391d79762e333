import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../../contract/json';
import {
  failure,
  IMMEDIATE_ACTIONS,
  numberParameter,
  output,
  textParameter,
  type BuiltInOutput,
} from '../../outcomes/built-in-actions';
import { NotRunnable, type BuiltInPlan } from './runtime';

const MAX_SLEEP_SECONDS = 3_600;

async function runSleep({ seconds, message }: JsonObject, stop: AbortSignal): Promise<BuiltInOutput> {
  const durationSeconds = numberParameter(seconds, 1);
  const isValid = durationSeconds >= 0 && durationSeconds <= MAX_SLEEP_SECONDS;
  if (!isValid) return failure(`seconds must be a number from 0 to ${MAX_SLEEP_SECONDS}`);
  await sleep(Math.ceil(durationSeconds * 1_000) + 1, undefined, { signal: stop });
  const text = textParameter(message);
  return output(`${text === '' ? '' : `${text}\n`}Slept for ${durationSeconds} seconds\n`);
}

/** An action of pack core that needs no process. Throws NotRunnable for an unknown name. */
export function builtInPlan(name: string, parameters: JsonObject): BuiltInPlan {
  const run = Object.hasOwn(IMMEDIATE_ACTIONS, name) ? IMMEDIATE_ACTIONS[name] : undefined;
  if (run !== undefined) return { kind: 'builtin', run: () => Promise.resolve(run(parameters)) };
  if (name === 'sleep') return { kind: 'builtin', run: (stop) => runSleep(parameters, stop) };
  throw new NotRunnable(
    `builtin:${name} does not exist: there are ${[...Object.keys(IMMEDIATE_ACTIONS), 'sleep'].join(', ')}`,
  );
}
