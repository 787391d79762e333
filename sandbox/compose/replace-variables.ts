/**
 * Replaces `${NAME}`, `${NAME:-default}`, `${NAME-default}` and `$NAME`; `$$` is a dollar sign.
 */
export function replaceVariables(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\$|\{([A-Za-z_]\w*)(?:(:?-)([^}]*))?\}|([A-Za-z_]\w*))/g,
    (match, braced: string | undefined, operator: string | undefined, fallback = '', bare: string | undefined) => {
      if (match === '$$') return '$';
      const value = values[braced ?? bare ?? ''];
      const isUsed = operator === ':-' ? value !== undefined && value !== '' : value !== undefined;
      return isUsed ? value! : String(fallback);
    },
  );
}
