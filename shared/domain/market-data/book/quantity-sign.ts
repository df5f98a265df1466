const CODE_0 = 48;
const CODE_9 = 57;
const CODE_POINT = 46;

/**
 * What a quantity says of its level, told from its text alone: nothing is computed with it.
 * @returns 1: it is there; 0: it is gone; null: the text is no plain decimal of zero or more.
 */
export function signOfQuantity(text: string): 0 | 1 | null {
  const { length } = text;
  let sign: 0 | 1 = 0;
  let point = -1;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code > CODE_0 && code <= CODE_9) sign = 1;
    else if (code === CODE_POINT && point < 0) point = i;
    else if (code !== CODE_0) return null;
  }
  return length === 0 || point === 0 || point === length - 1 ? null : sign;
}
