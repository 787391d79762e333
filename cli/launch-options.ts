/** What bin/tuningfork.js passes to a command. */
export interface LaunchOptions {
  /** Directory of the project. */
  readonly root: string;
  /** Text of the running program; worker processes run it too. */
  readonly bundle: string;
}
