import { isObject, type Json, type JsonObject } from '../../../../../contract/json';
import { evaluate } from './parser';
import type { Scope } from './scope';
import { isTrue, textOf } from './values';

const WHOLE = /^\s*\{\{((?:(?!\}\}).)*)\}\}\s*$/s;
const PART = /\{\{(.*?)\}\}/gs;

/**
 * Renders the templates in a value: a text that is one expression keeps the type of its value.
 * Throws ExpressionError.
 */
export function render(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((element) => render(element, scope));
  if (isObject(value)) return renderObject(value, scope);
  if (typeof value !== 'string') return value;
  const whole = WHOLE.exec(value);
  if (whole) return evaluate(whole[1]!, scope);
  return value.replace(PART, (_, source: string) => interpolated(evaluate(source, scope)));
}

const interpolated = (value: Json): string => (value === null ? '' : textOf(value));

export const renderObject = (object: JsonObject, scope: Scope): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, render(value, scope)]));

/** Whether a condition is true; its braces are optional. Throws ExpressionError. */
export const isConditionTrue = (condition: string, scope: Scope): boolean =>
  isTrue(evaluate(WHOLE.exec(condition)?.[1] ?? condition, scope));
