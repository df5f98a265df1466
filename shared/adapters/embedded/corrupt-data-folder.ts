/** Something in the data folder is not what this program wrote. The message is one line: what, where, what is wrong. */
export class CorruptDataFolder extends Error {
  override readonly name = 'CorruptDataFolder';
  readonly path: string;
  constructor(path: string, wrong: string, options?: ErrorOptions) {
    super(`data folder: ${path} ${wrong}`, options);
    this.path = path;
  }
}
