/** Why a document is no definition, for programs. */
type DefinitionFault = 'DEFINITION_INVALID' | 'SCHEMA_LIMIT' | 'STEP_KIND_UNHANDLED';

/**
 * The document is no workflow definition. `path` is a JSON pointer: `/tasks/2/next/0/do`.
 * `supported`: the values that are allowed there, where the fault is a value out of a closed set.
 */
export class DefinitionError extends Error {
  constructor(
    message: string,
    readonly path: string,
    readonly reason: DefinitionFault = 'DEFINITION_INVALID',
    readonly supported: readonly string[] | null = null,
  ) {
    super(message);
    this.name = 'DefinitionError';
  }
}
