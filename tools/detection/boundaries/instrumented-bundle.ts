import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Plugin } from 'esbuild';
import { applyFault } from '../source/apply-fault';
import type { Fault } from '../fault';
import { instrumentBoundaries } from './instrument-boundaries';

/** The program with a fault point at every boundary, and with these mistakes in its platform. */
export const bundleInstrumented = (root: string, faults: readonly Fault[]): Promise<string> => {
  const faultPointModule = join(root, 'tools/detection/boundaries/fault-point');
  return bundleChanged(root, (name, read) =>
    instrumentBoundaries(name, withFaults(faults, name, read()), faultPointModule),
  );
};

/** The program with these mistakes in its platform alone: only their files are parsed. */
export const bundleWithFaults = (root: string, faults: readonly Fault[]): Promise<string> =>
  bundleChanged(root, (name, read) =>
    faults.some(({ file }) => file === name) ? withFaults(faults, name, read()) : null,
  );

const withFaults = (faults: readonly Fault[], name: string, source: string): string =>
  faults.filter(({ file }) => file === name).reduce((text, fault) => applyFault(fault, text), source);

/** The changed text of a file below `platform/`; null: it stays as it is. */
type Change = (name: string, read: () => string) => string | null;

async function bundleChanged(root: string, change: Change): Promise<string> {
  const { build } = (await import(join(root, 'bin/bundle.js'))) as {
    build: (root: string, plugins: Plugin[]) => Promise<string>;
  };
  return build(root, [changing(join(root, 'platform'), change)]);
}

const changing = (platform: string, change: Change): Plugin => ({
  name: 'changed sources',
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!path.startsWith(`${platform}/`)) return undefined;
      const contents = change(relative(platform, path), () => readFileSync(path, 'utf8'));
      return contents === null ? undefined : { contents, loader: 'ts' };
    }),
});
