import type * as EarlyTarget from '../early-target';
import type * as Interruption from '../interruption';
import type * as RefusedFlags from '../refused-flags';

export function loadModule(name: 'early-target'): typeof EarlyTarget;
export function loadModule(name: 'interruption'): typeof Interruption;
export function loadModule(name: 'refused-flags'): typeof RefusedFlags;
