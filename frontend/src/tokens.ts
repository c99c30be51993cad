/** How the text of a token is shown: every character of it is seen. */

const SIGNS: Readonly<Record<string, string>> = { "\n": "↵", "\r": "␍", "\t": "⇥", "": "∅" };

/** The text with signs for what has no shape; a token of no text is seen too. */
export function readableToken(text: string): string {
  const sign = SIGNS[text];
  return sign ?? text.replace(/[\n\r\t]/g, (character) => SIGNS[character] ?? character);
}

/** Whether the texts hold the spaces between words: those of whole words do not. */
export function holdSpaces(tokens: readonly string[]): boolean {
  return tokens.some((token) => /^[\s▁Ġ]|\s$/.test(token));
}
