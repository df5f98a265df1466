const FNV_OFFSET = 0x81_1c_9d_c5;
const FNV_PRIME = 0x01_00_01_93;

/**
 * A number in [0, 1) that depends on the seed and the facts alone: whoever asks again, in whatever order, gets the same. FNV-1a over the
 * text, then the finalizer of MurmurHash3, since FNV's upper bits hardly change with the last characters.
 */
export function seededFraction(seed: number, ...facts: readonly (string | number)[]): number {
  const text = `${seed}\u{1f}${facts.join('\u{1f}')}`;
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
