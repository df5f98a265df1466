/** The decimals of a Parquet file, digit for digit: read as usual they would come as doubles. */
import type { FileMetaData, SchemaElement } from 'hyparquet';

/** What a decimal column holds before anybody makes a number of it. */
type Unscaled = Uint8Array | bigint | number;

/** By the name of the column: the text of a value. */
export type DecimalTexts = ReadonlyMap<string, (value: unknown) => string>;

/**
 * Takes the mark of a decimal off each column that has one, so that its values are read as they lie.
 * @returns how to read them
 */
export function takeDecimals({ schema }: FileMetaData): DecimalTexts {
  const texts = new Map<string, (value: unknown) => string>();
  for (const element of schema) {
    const scale = scaleOf(element);
    if (scale === null) continue;
    delete element.converted_type;
    delete element.logical_type;
    texts.set(element.name, (value) => textOf(unscaledOf(value as Unscaled), scale));
  }
  return texts;
}

/** null: it is no decimal, or one of variable length, which cannot be told from a text. */
function scaleOf({ type, converted_type, logical_type, scale }: SchemaElement): number | null {
  const isDecimal = converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL';
  if (!isDecimal || type === 'BYTE_ARRAY') return null;
  return scale ?? (logical_type?.type === 'DECIMAL' ? logical_type.scale : 0);
}

function unscaledOf(value: Unscaled): bigint {
  if (!(value instanceof Uint8Array)) return BigInt(value);
  let unscaled = 0n;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  let at = 0;
  for (; at + 8 <= value.byteLength; at += 8) unscaled = (unscaled << 64n) | view.getBigUint64(at);
  for (; at < value.byteLength; at++) unscaled = (unscaled << 8n) | BigInt(value[at]!);
  return BigInt.asIntN(value.byteLength * 8, unscaled);
}

function textOf(unscaled: bigint, scale: number): string {
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  const point = digits.length - scale;
  const text = scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return unscaled < 0n ? `-${text}` : text;
}
