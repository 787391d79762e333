import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { Attempt } from '../attempt';
import type { Report } from '../environments/report';
import type { RuntimeVariables } from '../environment';
import type { Scratch } from '../scratch';
import type { Surroundings } from '../surroundings';

/** Adds an entry to the attempt's log. */
export type Note = (type: LogType, payload: JsonObject) => Promise<void>;

/** What of an attempt, or of a sensor, a runtime has to know. */
export type Runnable = Pick<
  Attempt,
  'tenant' | 'packRef' | 'packDirectory' | 'entrypoint' | 'parameters' | 'isAdhoc'
> & {
  /** Where in the pack its file lies: `actions` unless said otherwise. */
  readonly folder?: 'sensors';
};

/** What a runtime is given to make a plan from. */
export interface Preparation<What extends Runnable = Runnable> {
  readonly attempt: What;
  readonly surroundings: Surroundings;
  readonly scratch: Scratch;
  readonly note: Note;
  /** Tells how the pack's environment stands. */
  readonly report: Report;
  /** Aborts when the attempt is no longer wanted: what takes long must end then. */
  readonly stop: AbortSignal;
}

/** A program to start. `input`: parameters as the action asked for them, or an empty standard input. */
export interface ProgramPlan {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: RuntimeVariables;
  readonly input: 'parameters' | 'empty';
}

/** What an action inside the worker printed, and the code it ended with. */
export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** An action that the worker performs itself. Rejects with the signal's reason when it is stopped. */
export interface BuiltInPlan {
  readonly kind: 'builtin';
  perform(stop: AbortSignal): Promise<Printed>;
}

export type Plan = ProgramPlan | BuiltInPlan;

/** How a kind of program is started. */
export interface Runtime {
  readonly name: string;
  /** Endings of the files it takes when an action names no runtime. */
  readonly extensions: readonly string[];
  /** What was found on this host; null: not here. Asked once. */
  version(): Promise<string | null>;
  /** Throws NotRunnable. */
  plan(preparation: Preparation): Promise<Plan>;
}

/** An action that cannot be started. The message says what is missing and where it was looked for. */
export class NotRunnable extends Error {
  override readonly name = 'NotRunnable';
}
