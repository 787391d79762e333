import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from '../../../../helpers/repository-root';
import { CRASH_FILE } from '../../../../tools/detection/boundaries/fault-point';
import { bundleInstrumented } from '../../../../tools/detection/boundaries/instrumented-bundle';
import type { Fault } from '../../../../tools/detection/fault';
import { privateBase } from '../../embedded/holder-process';
import { FaultPlatform } from '../fault-platform';
import { createCrashPack } from './crash-pack';
import { PICK_UP_SECONDS, STATE_BYTES } from './histories';
import type { CrashBench } from './run-case';

const WORKERS = 2;
const LIMITS = {
  PLATFORM_WORKFLOW_STATE_BYTES: String(STATE_BYTES),
  PLATFORM_PICK_UP_SECONDS: String(PICK_UP_SECONDS),
};

/** Starts a platform with a fault point at every boundary, and with these mistakes. */
export async function startCrashBench(faults: readonly Fault[] = []): Promise<CrashBench & AsyncDisposable> {
  const base = privateBase();
  const modules = join(repositoryRoot(), 'node_modules');
  const program = join(modules, `.cache/tuningfork/crash-${process.pid}.cjs`); // a program finds its project above it
  const crashFile = join(base.path, 'crash.json');
  let platform: FaultPlatform | undefined;
  const dispose = async (): Promise<void> => {
    await platform?.[Symbol.asyncDispose]();
    rmSync(program, { force: true });
    base.remove();
  };
  try {
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, await bundleInstrumented(repositoryRoot(), faults));
    platform = await FaultPlatform.start(WORKERS, { [CRASH_FILE]: crashFile, NODE_PATH: modules, ...LIMITS }, program);
    const pack = await createCrashPack(platform);
    return { platform, pack, crashFile, shapes: new Map(), [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
