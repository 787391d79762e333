/** The fields of a runtime that a `runner_type` is compared with. */
interface KnownRuntime {
  readonly id: number;
  readonly ref: string;
  readonly name: string;
  readonly aliases: readonly string[];
}

/** Default `runner_type` of an action. */
export const DEFAULT_RUNNER = 'shell';

/**
 * Finds the runtime of a `runner_type`, case-insensitive: first by ref, then by name or alias in
 * the order of `known`.
 */
export function findRuntimeByRunnerType(runnerType: string, known: readonly KnownRuntime[]): KnownRuntime | undefined {
  const lowerCaseType = runnerType.toLowerCase();
  const isSame = (word: string) => word.toLowerCase() === lowerCaseType;
  return (
    known.find(({ ref }) => isSame(ref)) ?? known.find(({ name, aliases }) => isSame(name) || aliases.some(isSame))
  );
}
