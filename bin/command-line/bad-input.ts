/** What the user gave cannot be used. The message is one line: what, where, what was expected. Exit code 2. */
export class BadInput extends Error {
  override readonly name = 'BadInput';
}
