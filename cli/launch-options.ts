/** What bin/tuningfork.js passes to a command. */
export interface LaunchOptions {
  /** Directory of the project. */
  readonly root: string;
  /** Text of the running program; worker processes run it too. */
  readonly bundle: string;
  /**
   * What V8 has compiled of it until `code` is called, and the file that keeps it for the next
   * start. Null or absent: it is kept already, or is not kept.
   */
  readonly compiled?: { readonly path: string; readonly code: () => Buffer } | null;
  /** To call once the program handles signals itself: its launcher has done so until then. */
  readonly onSignalsHandled?: () => void;
}
