/** Why a document is no definition, for programs. */
type DefinitionFault = 'DEFINITION_INVALID' | 'STEP_KIND_UNHANDLED';

/** The document is no workflow definition. `path` is a JSON pointer: `/tasks/2/next/0/do`. */
export class DefinitionError extends Error {
  constructor(
    message: string,
    readonly path: string,
    readonly reason: DefinitionFault = 'DEFINITION_INVALID',
  ) {
    super(message);
    this.name = 'DefinitionError';
  }
}
