import type { SupervisedState } from './process-step';
import { presetOf } from './worker-preset';

/** A worker that cannot be provisioned. */
interface Unprovisioned extends Pick<SupervisedState, 'isRegistered' | 'hasRuntime' | 'provisionTimeoutMs'> {
  /** What led to the provisioning: the verb, as a rule. */
  readonly cause: string;
  readonly runtime: string;
  readonly template: string | null;
}

/** Verbs that end a hibernation, or repeat the attempt to. */
const WAKING = ['wake', 'dispatch'];

/** Code and text of why a worker could not be provisioned. That of a wake is in the text. */
export function provisionFailure(worker: Unprovisioned): { readonly cause: string; readonly detail: string } {
  const { cause, detail } = problemOf(worker);
  return WAKING.includes(worker.cause) ? { cause: 'WAKE_FAILED', detail: `${cause}: ${detail}` } : { cause, detail };
}

const problemOf = ({ runtime, template, isRegistered, hasRuntime, provisionTimeoutMs }: Unprovisioned) =>
  isRegistered && !hasRuntime
    ? {
        cause: 'RUNTIME_BINARY_MISSING',
        detail: `${neededProgram(runtime, template)}: its process did not find a program that works`,
      }
    : { cause: 'PROVISION_TIMEOUT', detail: `its process was not ready within ${provisionTimeoutMs / 1_000} s` };

/** `python 3`. */
const neededProgram = (runtime: string, template: string | null): string =>
  [runtime, presetOf(template)?.version ?? null].filter((word) => word !== null).join(' ');
