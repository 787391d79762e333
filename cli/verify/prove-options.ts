import type { LogIn } from '../run/command-platform';
import type { UploadOptions } from '../run/upload-pack';
import type { Steps } from './steps';

export interface ProveOptions extends UploadOptions {
  readonly steps: Steps;
  readonly url: string;
  /** Sets what the line about an interruption states. */
  readonly report: (outcome: string) => void;
  readonly logInAgain: LogIn;
}
