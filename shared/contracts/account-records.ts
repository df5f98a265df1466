/** ACCOUNT#<accountId> / ACCOUNT: between the domain, which counts in exact decimals, and the tables and REST, which hold text. */
import * as z from 'zod';
import { ACCOUNT_ID, ACCOUNT_VENUES, type Account } from '../domain/accounts/account.ts';
import { readPaperModel, writePaperModel } from '../domain/accounts/written-paper-model.ts';
import { askedPaperModel } from './paper-model.ts';

export const accountIdText = z
  .string()
  .regex(ACCOUNT_ID, { error: 'expected 1 to 40 of a-z, 0-9 and -, with no - at either end' })
  .meta({ examples: ['paper'] });

export const accountRecord = z.strictObject({
  accountId: accountIdText,
  venue: z.enum(ACCOUNT_VENUES).default('paper').meta({ description: 'Where its orders go.' }),
  paper: askedPaperModel.prefault({}).meta({ description: 'How its orders fare on the paper venue.' }),
});
export type AccountRecord = z.infer<typeof accountRecord>;

export function accountOf({ paper, ...account }: AccountRecord): Account {
  return { ...account, paper: readPaperModel(paper) };
}

export function accountRecordOf({ paper, ...account }: Account): AccountRecord {
  return { ...account, paper: writePaperModel(paper) };
}
