/** The document is no workflow definition. `path` is a JSON pointer: `/tasks/2/next/0/do`. */
export class DefinitionError extends Error {
  constructor(
    message: string,
    readonly path: string,
  ) {
    super(message);
    this.name = 'DefinitionError';
  }
}
