/** Longest text of a learner's that is shown in one place. */
const mostCharacters = 500;

/**
 * What a learner named or typed, with every character that shows nothing or turns the direction of writing spelt out:
 * nobody may read something else than what is there.
 */
export function visible(text: string, most = mostCharacters): string {
  const characters = [...text];
  const shown = characters.slice(0, most).join('');
  return (characters.length > most ? `${shown} …` : shown).replaceAll(
    /[^\S \n\t\u3000]|[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}]/gu,
    (one) =>
      one === '\n' || one === '\t'
        ? one
        : `\\u{${(one.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`,
  );
}
