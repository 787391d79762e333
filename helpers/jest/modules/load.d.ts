import type * as EarlyTarget from '../early-target';

export function loadModule(name: 'early-target'): typeof EarlyTarget;
