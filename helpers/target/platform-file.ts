import { existsSync, readFileSync } from 'node:fs';
import type { Env } from '../../contract/environment';
import { RunningPlatform } from '../../contract/platform-file';
import { explain, matches } from '../client/validate';
import { errnoCode } from '../errors';
import { TargetError } from './target-error';

const REMEDY = 'start one with `npx tuningfork up`, and use the command that it prints';

/**
 * The facts about a platform of this host, from the file that `up` wrote and that PLATFORM_FILE
 * names; null without that variable. Throws TargetError, also when that platform has ended.
 */
export function readPlatformFile(env: Env): RunningPlatform | null {
  const path = env.PLATFORM_FILE;
  if (path === undefined || path === '') return null;
  if (!existsSync(path)) {
    throw new TargetError(
      `TARGET_UNREACHABLE: PLATFORM_FILE=${path} does not exist, so its platform has ended; ${REMEDY}`,
    );
  }
  const running = parseFile(path);
  if (!isAlive(running.pid)) {
    throw new TargetError(
      `TARGET_UNREACHABLE: PLATFORM_FILE=${path} is of process ${running.pid}, which has ended; ${REMEDY}`,
    );
  }
  return running;
}

function parseFile(path: string): RunningPlatform {
  const running = parseJson(path);
  if (matches(RunningPlatform, running)) return running;
  throw new TargetError(`PLATFORM_FILE_INVALID: PLATFORM_FILE=${path}: ${explain(RunningPlatform, running)}`);
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new TargetError(`PLATFORM_FILE_INVALID: PLATFORM_FILE=${path} cannot be read: ${(error as Error).message}`);
  }
}

/** A process of another user counts too. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoCode(error) === 'EPERM';
  }
}
