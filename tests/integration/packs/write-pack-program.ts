import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../platform/base/directories';
import type { PlatformProgram } from '../../../platform/packs/process/pack-process';

/** What the platform's program runs to unpack an archive and to read a pack, from its sources. */
export function writePackProgram(directory: string): PlatformProgram {
  const path = join(directory, 'program.cjs');
  const modules = [
    require.resolve('esbuild-register/dist/node'),
    join(projectRoot(), 'platform/packs/process/pack-program'),
  ];
  const [register, packs] = modules.map((module) => `require(${JSON.stringify(module)})`);
  writeFileSync(path, `${register}.register();\nvoid ${packs}.packProgram();\n`);
  return { path, modules: '' };
}
