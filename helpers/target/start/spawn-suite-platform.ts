import { randomInt } from 'node:crypto';
import { startNpmRegistry, type NpmRegistry } from '../../fixtures/npm-registry';
import { openPythonSource, type PythonSource } from '../../fixtures/python-source';
import { startPlatform, type StartedPlatform } from './started-platform';
import { suiteContainers, suiteSettings } from './suite-settings';

/** A platform whose process runs, and what the suite has given it. */
export interface SuitePlatform extends Pick<PythonSource, 'pins'> {
  /** Resolves when the platform is ready. Rejects with TargetError. */
  readonly starting: Promise<StartedPlatform>;
  readonly source: NpmRegistry;
  /** The one loopback address that its actions may connect to. */
  readonly mockHost: string;
}

/**
 * Starts the process of a platform, with the sources of packages that it needs. This file imports
 * nothing that takes long to load: the platform takes longer to start than all that follows.
 */
export async function spawnSuitePlatform(): Promise<SuitePlatform> {
  const { directory: python, pins } = openPythonSource();
  const mockHost = randomLoopbackAddress();
  const containers = suiteContainers(process.env);
  const source = await startNpmRegistry(); // what follows cannot fail: its user closes it
  const starting = startPlatform(suiteSettings({ npm: source.url, python, mockHost, containers }));
  starting.catch(() => {}); // its user reports it
  return { starting, source, pins, mockHost };
}

/**
 * A random loopback address for each run, so that concurrent runs cannot reach each other's
 * servers.
 */
const randomLoopbackAddress = (): string =>
  ['127', ...Array.from({ length: 3 }, () => String(randomInt(1, 255)))].join('.');
