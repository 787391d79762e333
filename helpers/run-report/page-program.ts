import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readCached, rememberedDigest, storeCached } from '../../bin/content-cache';

const ENTRY = 'web/report/main.tsx';
const STYLE = 'web/report/report.css';
const INPUTS = ['web', 'package.json', 'node_modules/.package-lock.json'];
/** With those of the sources before the last changes. */
const KEPT = 3;

/** What the page of a report runs, and its style. */
export interface PageProgram {
  readonly script: string;
  readonly style: string;
}

/** Builds the program from its sources, or takes the one that is kept for them. */
export function pageProgram(root: string): PageProgram {
  const path = join(root, 'node_modules/.cache/tuningfork/report', `${rememberedDigest(root, INPUTS)}.js`);
  const style = readFileSync(join(root, STYLE), 'utf8');
  const kept = readCached(path);
  if (kept !== null) return { script: kept, style };
  // Takes 40 ms to load, and most runs do not need it.
  const { buildSync } = createRequire(join(root, 'package.json'))('esbuild') as typeof import('esbuild');
  const built = buildSync({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    tsconfig: join(root, 'web/tsconfig.json'),
    charset: 'utf8',
    legalComments: 'none',
  });
  const script = built.outputFiles[0]!.text;
  storeCached(path, script, KEPT);
  return { script, style };
}
