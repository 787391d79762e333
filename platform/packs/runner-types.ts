/** A runtime as far as a `runner_type` is matched with it. */
export interface KnownRuntime {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly aliases: readonly string[];
}

/** `runner_type` of an action that names none. */
export const DEFAULT_RUNNER = 'shell';

/** The runtime a `runner_type` means: by ref, name or alias, case aside. Refs go first, then the order of `known`. */
export function runtimeOf(runnerType: string, known: readonly KnownRuntime[]): KnownRuntime | undefined {
  const wanted = runnerType.toLowerCase();
  const same = (word: string) => word.toLowerCase() === wanted;
  return known.find(({ ref }) => same(ref)) ?? known.find(({ name, aliases }) => same(name) || aliases.some(same));
}

/** True for the runtime whose entrypoint may be a script instead of a file. */
export const runsText = (runtimeRef: string | null): boolean => runtimeRef === 'core.shell';
