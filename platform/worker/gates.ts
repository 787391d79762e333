import type { Cgroups } from './cgroups';
import { messageOf } from './faults';
import { gateVariables, openGate, type Gate } from './gate';

/** Gates of one worker, some of them made before they are needed: entering a control group takes the kernel 10 ms after a rest. */
export interface Gates {
  /** Environment of those that wait. */
  readonly variables: Readonly<Record<string, string>>;
  /** One that waits; it is the caller's from now on. Rejects where the host does not allow another one. */
  take(): Promise<Gate>;
  /** Ends those that nobody took. */
  close(): Promise<void>;
}

/** Enough for what comes one after the other, and for a few at once. */
const MOST_WAITING = 4;
/** Before those that were taken are replaced, so that what was started comes first. */
const REFILL_MS = 10;

export interface GatesOptions {
  readonly cgroups: Pick<Cgroups, 'open'>;
  readonly variables: Readonly<Record<string, string>>;
  /** Programs that may run at once. */
  readonly slots: number;
  /** Hears why no more are kept waiting: the next `take` tries again. */
  readonly failed: (why: string) => void;
}

export function openGates({ cgroups, slots, failed, ...given }: GatesOptions): Gates {
  const variables = gateVariables(given.variables);
  const most = Math.min(slots, MOST_WAITING);
  const waiting: Gate[] = [];
  let timer: NodeJS.Timeout | undefined;
  let filling: Promise<void> | null = null;
  let closed = false;

  const make = async () => openGate(await cgroups.open(), variables);

  const fill = async () => {
    while (!closed && waiting.length < most) waiting.push(await make());
  };

  const fillSoon = () => {
    if (closed || timer !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      filling ??= fill()
        .catch((error: unknown) => failed(messageOf(error)))
        .finally(() => (filling = null));
    }, REFILL_MS);
  };

  const next = async (): Promise<Gate> => {
    for (let gate = waiting.shift(); gate; gate = waiting.shift()) {
      if (gate.isWaiting()) return gate;
      await gate.close(); // somebody ended it
    }
    return make();
  };

  fillSoon();
  return {
    variables,
    take: () => {
      fillSoon();
      return next();
    },
    close: async () => {
      closed = true;
      clearTimeout(timer);
      await filling;
      await Promise.all(waiting.splice(0).map((gate) => gate.close()));
    },
  };
}
