/** Lists come in bounded pages, and so do the numbers that ask for them. */
import * as z from 'zod';

/** Digits in a query or path, read as a whole number; `standard` where they are left out. */
export function wholeNumber(minimum: number, maximum: number, standard: number) {
  const error = `expected a whole number from ${minimum} to ${maximum}`;
  return z.preprocess(
    (value) => (typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value),
    z.int({ error }).min(minimum, { error }).max(maximum, { error }).default(standard),
  );
}

export function pageLimit(standard: number, maximum: number) {
  return wholeNumber(1, maximum, standard).meta({ description: 'The most items of a page.' });
}

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;

/** Query parameters of every list. */
export const pageQuery = {
  limit: pageLimit(DEFAULT_PAGE, MAX_PAGE),
  after: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .meta({ description: '`next` of the page before this one.', pattern: '^[A-Za-z0-9_-]+$' }),
};

/** A page may hold fewer items than asked for; `next` alone says whether there are more. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Pass as `after`; null: no more.' }),
  });
}
