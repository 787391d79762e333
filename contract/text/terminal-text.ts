/** Of the colors of this program. */
const COLOR = String.raw`\u001b\[(?:1|2|22|31|32|33|39)m`;
/** What a terminal executes, or shows in another order than it was written. */
const CONTROL = String.raw`[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]`;
const COLOR_OR_CONTROL = new RegExp(`${COLOR}|${CONTROL}`, 'g');

/**
 * A text for a terminal. Names, prompts and errors come from users and from programs: their
 * control characters are written as JSON does, except tab and line break.
 */
export const terminalText = (text: string): string =>
  text.replace(COLOR_OR_CONTROL, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
