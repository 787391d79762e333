/** An action or a workflow of a pack. Paths are relative to the searched directory. */
export interface ComponentSource {
  readonly ref: string;
  /** Its YAML file and its entry point, or the file of a workflow. */
  readonly files: readonly string[];
  /** Refs that the tasks of a workflow name. */
  readonly names: readonly string[];
}

export interface PackSource {
  readonly ref: string;
  /** Path; empty: the searched directory itself. */
  readonly directory: string;
  readonly components: readonly ComponentSource[];
}

/** A workflow with an expectation: what `verify` proves. */
export interface LoopSource {
  /** Path of its workflow. */
  readonly file: string;
  readonly ref: string;
  readonly pack: PackSource;
  /** Paths of its workflow, its inputs and its expectation. */
  readonly documents: readonly string[];
}
