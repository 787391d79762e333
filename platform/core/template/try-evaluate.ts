import { TemplateFault } from './fault';
import { TemplateError } from './types';

type EvaluationResult<T> = { readonly value: T } | { readonly error: TemplateError };

/** Evaluates, and returns an expression's error instead of throwing it. */
export function tryEvaluate<T>(evaluate: () => T): EvaluationResult<T> {
  try {
    return { value: evaluate() };
  } catch (error) {
    if (error instanceof TemplateError) return { error };
    // A budget can also be exceeded outside an expression: by copying a document or by testing for
    // truth.
    if (error instanceof TemplateFault) {
      return { error: new TemplateError(error.code, error.describeRedacted(), 1, '') };
    }
    throw error;
  }
}
