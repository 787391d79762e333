import { actionLatency } from './action-latency';
import { boot } from './boot';
import { idle } from './idle';
import type { Question } from './question';
import { throughput } from './throughput';
import { tier, tiers } from './tier';
import { withItems } from './with-items';

/** All there are, in the order of the page. */
export const QUESTIONS: readonly Question[] = [boot, idle, tier, tiers, actionLatency, throughput, withItems];
