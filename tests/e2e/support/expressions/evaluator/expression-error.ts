/** What is wrong with an expression, by the code that the platform documents for it. */
type ErrorCode =
  | 'TEMPLATE_SYNTAX'
  | 'TEMPLATE_NAME'
  | 'TEMPLATE_TYPE'
  | 'TEMPLATE_ARGUMENTS'
  | 'TEMPLATE_FORBIDDEN'
  | 'TEMPLATE_LIMIT';

/** An expression without a value. `part`: what the platform's message must contain. */
export class ExpressionError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly part: string,
    readonly column: number,
  ) {
    super(`${code} in column ${column}: ${part}`);
    this.name = 'ExpressionError';
  }
}

/** An operation without a value: the expression that contains it adds the column. */
export class OperationError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly part: string,
  ) {
    super(part);
    this.name = 'OperationError';
  }
}

export const typeError = (part: string): OperationError => new OperationError('TEMPLATE_TYPE', part);
