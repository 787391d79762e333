import type { LogType } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import type { ContainerSettings } from '../../base/settings/paired';
import type { Attempt } from '../../store/lifecycle/attempt';
import type { BuiltInOutput } from '../../outcomes/built-in-actions';
import { uncodedFailure, type StartFailure } from '../../outcomes/start-failure';
import type { ReportEnvironment } from '../../store/packs/environment-report';
import type { InterpreterStart } from '../process/pool/prefork-process';
import type { RuntimeVariables } from '../process/process-environment';
import type { FindImportFailure } from '../process/run-process';
import type { ScratchDirectory } from '../process/scratch-directory';
import type { ContainerHost, WorkerContext } from '../worker-context';

/** Adds an entry to the attempt's log. */
export type AppendLog = (type: LogType, payload: JsonObject) => Promise<void>;

/** The part of an attempt or a sensor that a runtime needs. */
export type Runnable = Pick<
  Attempt,
  'tenant' | 'packRef' | 'packDirectory' | 'entrypoint' | 'parameters' | 'isAdhoc'
> & {
  /** Folder of its file in the pack; `.`: the pack's own. Default: `actions`. */
  readonly folder?: 'sensors' | '.';
};

/** Inputs of a runtime's plan. */
export interface Preparation<Subject extends Runnable = Runnable> {
  readonly attempt: Subject;
  readonly workerContext: WorkerContext;
  readonly scratch: ScratchDirectory;
  readonly appendLog: AppendLog;
  /** Stores the state of the pack's environment. */
  readonly reportEnvironment: ReportEnvironment;
  /** Aborts when the attempt is stopped: a build must end then. */
  readonly stop: AbortSignal;
}

/**
 * A program to start. `input`: the parameters in the action's format, or an empty standard input.
 */
export interface ProgramPlan {
  readonly kind: 'program';
  readonly command: string;
  readonly args: readonly string[];
  readonly variables: RuntimeVariables;
  readonly input: 'parameters' | 'empty';
  /** How an import that fails is found; absent: not at all. */
  readonly findImportFailure?: FindImportFailure;
  /** How an interpreter that waits can run it. */
  readonly interpreter?: InterpreterStart;
}

/**
 * An action that the worker runs itself. `run` rejects with the signal's reason when it is
 * stopped.
 */
export interface BuiltInPlan {
  readonly kind: 'builtin';
  run(stop: AbortSignal): Promise<BuiltInOutput>;
}

/** A script that the shell of an image runs. */
export interface ContainerPlan {
  readonly kind: 'container';
  readonly host: ContainerHost;
  readonly image: string;
  /** Arguments of the shell of the image. */
  readonly args: readonly string[];
}

type RunPlan = ProgramPlan | BuiltInPlan | ContainerPlan;

/** How programs of one kind are started. Its file extensions are those of the manifest. */
export interface ProgramRuntime {
  readonly name: string;
  /** Installed version; null: not installed. Detected once. */
  detectVersion(containers: ContainerSettings | null): Promise<string | null>;
  /** Throws NotRunnable. */
  plan(preparation: Preparation): Promise<RunPlan>;
}

/**
 * An action that cannot be started. The message names what is missing and where it was searched.
 */
export class NotRunnable extends Error {
  override readonly name = 'NotRunnable';
  readonly failure: StartFailure;

  constructor(failure: string | StartFailure) {
    const known = typeof failure === 'string' ? uncodedFailure(failure) : failure;
    super(known.text);
    this.failure = known;
  }
}
