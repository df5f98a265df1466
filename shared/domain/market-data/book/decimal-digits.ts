const CODE_0 = 48;
const CODE_9 = 57;
const CODE_POINT = 46;
/** Integers of up to 15 digits stay exact in a double. */
export const MAX_FAST_DIGITS = 15;

/** @returns the digits of a plain decimal as one integer, exact up to `MAX_FAST_DIGITS`; null: it is none (an empty text is 0). */
export function digitsOf(text: string): number | null {
  let digits = 0;
  let hasPoint = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= CODE_0 && code <= CODE_9) digits = digits * 10 + (code - CODE_0);
    else if (code === CODE_POINT && !hasPoint) hasPoint = true;
    else return null;
  }
  return digits;
}
