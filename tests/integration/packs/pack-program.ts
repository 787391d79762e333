import { join } from 'node:path';
import { projectRoot } from '../../../platform/base/directories';
import type { PlatformProgram } from '../../../platform/packs/process/pack-process';

/** What the platform runs to unpack archives and to read packs. */
export const PACK_PROGRAM: PlatformProgram = { path: join(projectRoot(), 'bin/tuningfork.js'), modules: '' };
