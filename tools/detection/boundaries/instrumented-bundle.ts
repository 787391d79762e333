import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { applyFault } from '../source/apply-fault';
import type { Fault } from '../fault';
import { instrumentBoundaries } from './instrument-boundaries';

/** The program with a fault point at every boundary, and with these mistakes in its platform. */
export async function bundleInstrumented(root: string, faults: readonly Fault[]): Promise<string> {
  const { build } = (await import(join(root, 'bin/bundle.js'))) as {
    build: (root: string, plugins: Plugin[]) => Promise<string>;
  };
  return build(root, [instrumentation(root, faults)]);
}

const instrumentation = (root: string, faults: readonly Fault[]): Plugin => {
  const platform = join(root, 'platform');
  const faultPointModule = join(root, 'tools/detection/boundaries/fault-point');
  return {
    name: 'fault points',
    setup: ({ onLoad }) =>
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!path.startsWith(`${platform}/`)) return undefined;
        const name = relative(platform, path);
        const source = faults
          .filter(({ file }) => file === name)
          .reduce((text, fault) => applyFault(fault, text), readFileSync(path, 'utf8'));
        return { contents: instrumentBoundaries(name, source, faultPointModule), loader: 'ts' };
      }),
  };
};
