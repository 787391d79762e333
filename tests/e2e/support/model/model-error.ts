/** A part of a definition that the model does not cover, or that the contract leaves open. */
export class ModelError extends Error {
  constructor(message: string) {
    super(`MODEL: ${message}`);
    this.name = 'ModelError';
  }
}
