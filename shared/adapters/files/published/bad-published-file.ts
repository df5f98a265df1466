/** A file that is not what venues publish, or not whole. The message is one line that begins with the path. */
export class BadPublishedFile extends Error {
  override readonly name = 'BadPublishedFile';
}
