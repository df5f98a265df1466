/** By UTF-8 bytes, as DynamoDB and S3 order keys. JavaScript orders by UTF-16 units, which differs past U+FFFF alone. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  return isPlain(a) && isPlain(b) ? (a < b ? -1 : 1) : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Without halves of characters, which alone are ordered differently. */
function isPlain(text: string): boolean {
  return !/[\ud800-\udfff]/.test(text);
}
