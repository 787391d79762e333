import type { Json } from '../../../../contract/json';
import { Budget } from '../../../../platform/core/template/budget';
import { renderWithin } from '../../../../platform/core/template/render';
import type { Scope } from '../../../../platform/core/template/types';

/** A rendered value without its taint; the whole value has one budget. */
export const render = (value: Json, scope: Scope): Json => renderWithin(value, scope, new Budget()).value;
