import { CorruptDataFolder } from '../../shared/adapters/embedded/corrupt-data-folder.ts';
import { DataFolderBusy, OtherMarket } from '../../shared/adapters/embedded/data-folder.ts';
import { fileErrorReason } from '../../shared/adapters/files/file-error.ts';
import { BadIssuerKey } from '../../embedded/token-issuer.ts';
import { BadInput } from './bad-input.ts';

/** A folder that is busy, damaged, of another market, closed to us or not ours is the user's to choose anew: bad input, one line. */
export async function dataFolderErrors<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (
      error instanceof CorruptDataFolder ||
      error instanceof DataFolderBusy ||
      error instanceof OtherMarket ||
      error instanceof BadIssuerKey
    ) {
      throw new BadInput(error.message, { cause: error });
    }
    const reason = fileErrorReason(error);
    const { path } = error as NodeJS.ErrnoException;
    if (reason === null || path === undefined) throw error;
    throw new BadInput(`data folder: ${path}: ${reason}`, { cause: error });
  }
}
