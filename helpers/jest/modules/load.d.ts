import type * as EarlyTarget from '../early-target';
import type * as Interruption from '../interruption';
import type * as RefusedFlags from '../refused-flags';
import type * as SelectedProjects from '../selected-projects';
import type * as WorkerCount from '../worker-count';

export function loadModule(name: 'early-target'): typeof EarlyTarget;
export function loadModule(name: 'interruption'): typeof Interruption;
export function loadModule(name: 'refused-flags'): typeof RefusedFlags;
export function loadModule(name: 'selected-projects'): typeof SelectedProjects;
export function loadModule(name: 'worker-count'): typeof WorkerCount;
