/** A text that a program prints for a secret. */
export interface SecretForm {
  /** The beginning of the text, at least 65,535 bytes where it is not all of it. */
  readonly head: Buffer;
  /** Bytes of the whole text. */
  readonly length: number;
}
