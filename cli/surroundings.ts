/** What the launcher hands to a command. */
export interface Surroundings {
  /** The project's own directory. */
  readonly root: string;
  /** Text of the program that runs, from which role processes are started as well. */
  readonly bundle: string;
}
