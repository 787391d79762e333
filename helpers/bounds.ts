import { EnvironmentError } from './errors';

export type BoundVerdict = 'within' | 'too late';

/**
 * Judges an upper bound in time, ms. Slack is what this host may add; margin, the distance to the nearest wrong
 * behaviour. A value below nominal + min(both) excludes the wrong behaviour by itself; beyond it, the value is too late
 * where the slack is smaller than the margin, and where not, this host could not tell: EnvironmentError.
 */
export function judgeBound(value: number, nominal: number, slack: number, margin: number): BoundVerdict {
  if (value < nominal + Math.min(slack, margin)) return 'within';
  if (slack < margin) return 'too late';
  const numbers = [value, nominal, slack, margin].map((ms) => ms.toFixed(0));
  throw new EnvironmentError(`${numbers[0]} ms against ${numbers[1]} + slack ${numbers[2]} (margin ${numbers[3]})`);
}
