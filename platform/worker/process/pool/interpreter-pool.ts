import { runForNoExecution } from '../../crash';
import type { ConfinementKind } from '../../isolation/confinement-spec';
import { warmInterpreter, type WarmInterpreter } from '../../isolation/warm-interpreter';
import { startWarmPool, type WarmPool } from './warm-pool';
import type { PreforkProcess, SpawnCommand } from './prefork-process';
import { keepRecentlyUsed } from './lru';
import { writeJson } from '../../../../contract/json-text/write-json';

/**
 * Interpreters that wait, in a confinement, for a program: their start takes longer than many
 * programs.
 */
export interface InterpreterPool {
  /** Hands over one that waits for such a command; null: none does now. */
  take(kind: ConfinementKind, command: SpawnCommand): Promise<PreforkProcess | null>;
  /** Kills those that wait. */
  close(): Promise<void>;
}

interface InterpreterPoolOptions {
  start(kind: ConfinementKind, interpreter: WarmInterpreter): Promise<PreforkProcess>;
  /** Of the worker's processes. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onRefillFailure: (reason: string) => void;
}

/** Enough for programs that run one after the other; each takes memory while it waits. */
const MAX_IDLE = 2;
/** The kinds used last keep interpreters. */
const MAX_KINDS = 3;
/** Interpreters wait only for a kind of which two programs were started within this time. */
const REPEATED_WITHIN_MS = 10_000;
/** Interpreters of a kind that is not used for so long are ended. */
const UNUSED_MS = 30_000;

interface Kind {
  readonly usedAt: number;
  /** Null: used once. */
  readonly pool: WarmPool | null;
}

/**
 * Keeps interpreters for the kinds used last: tenant, network, command and variables at its
 * start.
 */
export function startInterpreterPool({ start, variables, onRefillFailure }: InterpreterPoolOptions): InterpreterPool {
  const kinds = keepRecentlyUsed<Kind>(MAX_KINDS, ({ pool }) => pool);
  const removeUnused = () => kinds.removeAll(({ usedAt }) => usedAt < performance.now() - UNUSED_MS);
  const sweep = runForNoExecution(() => setInterval(removeUnused, UNUSED_MS).unref());

  const use = (kind: ConfinementKind, interpreter: WarmInterpreter): WarmPool | null => {
    const key = writeJson([kind.tenant, kind.network, interpreter]);
    const last = kinds.get(key);
    const isRepeated = last !== undefined && last.usedAt > performance.now() - REPEATED_WITHIN_MS;
    const startOne = () => start(kind, interpreter);
    const pool =
      last?.pool ?? (isRepeated ? startWarmPool({ start: startOne, maxIdle: MAX_IDLE, onRefillFailure }) : null);
    kinds.set(key, { usedAt: performance.now(), pool });
    return pool;
  };

  return {
    take: async (kind, command) => {
      const interpreter = warmInterpreter(command, variables);
      return interpreter === null ? null : ((await use(kind, interpreter)?.take()) ?? null);
    },
    close: async () => {
      clearInterval(sweep);
      await kinds.close();
    },
  };
}
