/** Why a document is no workflow definition, and where: `path` is a JSON pointer such as `/tasks/2/next/0/do`. */
export class DefinitionError extends Error {
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
    this.name = 'DefinitionError';
  }
}
