import { actionLatency } from './action-latency';
import { boot } from './boot';
import type { Question } from './question';
import { throughput } from './throughput';
import { tier } from './tier';
import { withItems } from './with-items';

/** All there are, in the order of the page. */
export const QUESTIONS: readonly Question[] = [boot, tier, actionLatency, throughput, withItems];
