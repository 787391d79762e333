import fc from 'fast-check';
import { runSeed } from '../helpers/sized';

// A property that failed is tried again with the values of the first time.
fc.configureGlobal({ seed: runSeed() });

export { fc };
